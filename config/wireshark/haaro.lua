-- SPDX-License-Identifier: BSD-3-Clause
--
-- Wireshark's view of RFC 6521 (home-agent-assisted route optimization between Mobile IPv4
-- networks), for Wireshark and tshark (made with 4.0):
--
--   wireshark -X lua_script:/usr/share/haaro/haaro.lua
--   tshark -X lua_script:/usr/share/haaro/haaro.lua -r FILE -Y haaro
--
-- or for good: copy it into Help > About > Folders > Personal Lua Plugins. UDP port 434 is decoded;
-- other ports by Decode As.
--
-- Wireshark itself knows Mobile IPv4 (mip.*) but not this RFC: it calls the four messages of return
-- routability malformed and loses its way at the advertisement, whose length is where only the long
-- format has it. So this dissector takes port 434, walks the extensions by their own formats, has
-- `mip` decode what it can, and adds a tree of its own:
--
--   haaro.hoti.* .coti.* .hot.* .cot.*   the messages 24 to 27 (sections 5.6 to 5.9)
--   haaro.code                           the reply code, by the names of section 10
--   haaro.cap.*                          153/1, what a router can and wants (section 5.1)
--   haaro.ror.*                          49/1, what the Home Agent makes of it (section 5.2)
--   haaro.mcae.*                         49/2, authentication between the routers (section 5.3)
--   haaro.coa.*                          49/3, where the tunnel may end (section 5.4)
--   haaro.adv.*                          50/1, the other routers: prefixes and realms as they were
--                                        before compression (sections 4 and 5.5)
--   haaro.expert.*                       what is wrong: an error where a receiver drops the
--                                        message or ignores the extension, a warning where the
--                                        sender breaks a rule, a note for the remarkable
--
-- Filters: haaro.adv.prefix == 10.1.0.0/16, haaro.adv.realm contains "example", haaro.cap.flags.s == 1.
--
-- Written from the RFC, and from no implementation: it is there to judge them. Where the text is
-- unclear the comments name the reading that is taken.

local haaro = Proto("haaro", "Mobile IPv4 Route Optimization")
local mip = DissectorTable.get("udp.port"):get_dissector(434)

-- Messages: the octets that must be there, and what the fields' names begin with.
local REQUEST, REPLY = 1, 3
local FIXED = {[REQUEST] = 24, [REPLY] = 20}
local TESTS = {
  [24] = {name = "Home Test Init", key = "hoti", size = 10},
  [25] = {name = "Care-of Test Init", key = "coti", size = 10},
  [26] = {name = "Home Test", key = "hot", size = 20},
  [27] = {name = "Care-of Test", key = "cot", size = 20},
}
local MESSAGES = {[REQUEST] = "Registration Request", [REPLY] = "Registration Reply"}
for message, test in pairs(TESTS) do
  MESSAGES[message] = test.name
end

-- Extensions. Simple and short ones have their length in the second octet, long ones in the third
-- and fourth (RFC 5944, section 1.11). An unknown type below 128 cannot be skipped, as nobody knows
-- which form it has.
local MHAE, ROUTE, DATA, CAPABILITY, DYNAMIC = 32, 49, 50, 153, 139
local EXTENSIONS = {
  [0] = "Padding", [32] = "Mobile-Home Authentication", [33] = "Mobile-Foreign Authentication",
  [34] = "Foreign-Home Authentication", [36] = "Generalized Authentication",
  [38] = "Critical Vendor Specific", [40] = "Key Generation Nonce Request (MN-FA)",
  [41] = "Key Generation Nonce Reply (MN-FA)", [42] = "Key Generation Nonce Request (MN-HA)",
  [43] = "Key Generation Nonce Reply (MN-HA)", [44] = "UDP Tunnel Reply", [45] = "FA Error",
  [46] = "GFA IP Address", [47] = "Proxy Mobile IPv4 (non-skippable)", [48] = "GRE Key",
  [49] = "Route Optimization", [50] = "Route Optimization Data", [127] = "Experimental",
  [129] = "SKIP Firewall Traversal", [130] = "Encapsulating Delivery Style", [131] = "NAI",
  [132] = "MN-FA Challenge", [134] = "Normal Vendor Specific", [136] = "NAI Carrying",
  [137] = "Revocation Support", [138] = "Generalized Link Layer Address", [139] = "Dynamic HA",
  [140] = "Hierarchical Foreign Agent", [141] = "Replay Protection Style",
  [142] = "Regional Registration Lifetime", [144] = "UDP Tunnel Request", [145] = "Message String",
  [147] = "Proxy Mobile IPv4 (skippable)", [148] = "Mobile Network", [149] = "Trusted Networks",
  [151] = "Service Selection", [152] = "DSMIPv4", [153] = "Mobile Router Route Optimization",
  [154] = "Multipath", [255] = "Experimental",
}
local LONG = {[36] = true, [38] = true, [40] = true, [41] = true, [42] = true, [43] = true,
              [47] = true, [48] = true, [50] = true}
-- The long ones whose form `mip` knows too.
local MIP_WALKS = {[36] = true, [38] = true, [47] = true}

local CODES = {
  [0] = "accepted", [1] = "accepted, simultaneous bindings unsupported",
  [2] = "concurrent registration (pre-accept)", [128] = "reason unspecified",
  [129] = "administratively prohibited", [130] = "insufficient resources",
  [131] = "mobile router failed authentication", [133] = "registration Identification mismatch",
  [134] = "poorly formed request", [139] = "requested encapsulation unavailable",
  [142] = "UDP encapsulation unavailable", [147] = "no requested network authorized",
  [148] = "not allowed to be a mobile router", [201] = "expired Home Nonce Index",
  [202] = "expired Care-of Nonce Index", [203] = "expired nonces",
}

local f = {
  type = ProtoField.uint8("haaro.type", "Message Type", base.DEC, MESSAGES),
  reserved = ProtoField.uint8("haaro.reserved", "Reserved", base.HEX),
  code = ProtoField.uint8("haaro.code", "Reply Code", base.DEC, CODES),
  ext = ProtoField.none("haaro.ext", "Extension"),
  ext_type = ProtoField.uint8("haaro.ext.type", "Type", base.DEC, EXTENSIONS),
  ext_subtype = ProtoField.uint8("haaro.ext.subtype", "Subtype", base.DEC),
  ext_length = ProtoField.uint16("haaro.ext.length", "Length", base.DEC),

  cap_flags = ProtoField.uint8("haaro.cap.flags", "Flags", base.HEX),
  cap_a = ProtoField.bool("haaro.cap.flags.a", "A: advertise my networks", 8, nil, 0x80),
  cap_r = ProtoField.bool("haaro.cap.flags.r", "R: send me the others'", 8, nil, 0x40),
  cap_s = ProtoField.bool("haaro.cap.flags.s", "S: solicit one router's", 8, nil, 0x20),
  cap_o = ProtoField.bool("haaro.cap.flags.o", "O: outbound connections only", 8, nil, 0x10),
  cap_reserved = ProtoField.uint8("haaro.cap.flags.reserved", "Reserved", base.HEX, nil, 0x0f),
  cap_router = ProtoField.ipv4("haaro.cap.router", "Solicited router's Home Address"),

  ror_flags = ProtoField.uint8("haaro.ror.flags", "Flags", base.HEX, nil, 0xe0),
  ror_o = ProtoField.bool("haaro.ror.flags.o", "O: outbound connections only", 8, nil, 0x80),
  ror_n = ProtoField.bool("haaro.ror.flags.n", "N: behind a NAT", 8, nil, 0x40),
  ror_s = ProtoField.bool("haaro.ror.flags.s", "S: answers a solicitation", 8, nil, 0x20),
  ror_code = ProtoField.uint8("haaro.ror.code", "Code", base.DEC, nil, 0x1f),

  mcae_home = ProtoField.uint16("haaro.mcae.home_index", "Home Nonce Index", base.HEX),
  mcae_careof = ProtoField.uint16("haaro.mcae.careof_index", "Care-of Nonce Index", base.HEX),
  mcae_auth = ProtoField.bytes("haaro.mcae.authenticator", "Authenticator"),

  coa_address = ProtoField.ipv4("haaro.coa.address", "Care-of Address"),

  adv_structure = ProtoField.none("haaro.adv.structure", "Structure"),
  adv_d = ProtoField.bool("haaro.adv.d", "D: delta of the last master", 8, nil, 0x80),
  adv_m = ProtoField.bool("haaro.adv.m", "M: a router", 8, nil, 0x40),
  adv_info = ProtoField.uint8("haaro.adv.info", "Info", base.DEC,
                              {[0] = "nothing special", [1] = "outbound connections only"}, 0x3f),
  adv_plen = ProtoField.uint8("haaro.adv.plen", "Prefix Length", base.DEC, nil, 0x3f),
  adv_router = ProtoField.ipv4("haaro.adv.router", "Home Address"),
  adv_prefix = ProtoField.ipv4("haaro.adv.prefix", "Prefix"),
  adv_realm = ProtoField.string("haaro.adv.realm", "Realm"),
  adv_label = ProtoField.string("haaro.adv.label", "Label"),
  adv_index = ProtoField.uint8("haaro.adv.index", "Dictionary entry", base.DEC, nil, 0x7f),
  adv_added = ProtoField.string("haaro.adv.added", "Becomes dictionary entry"),
}
for kind, label in pairs({ho = "Home", co = "Care-of"}) do
  local title = label .. " Init Cookie"
  f[kind .. "ti_cookie"] = ProtoField.bytes("haaro." .. kind .. "ti.cookie", title)
  f[kind .. "t_cookie"] = ProtoField.bytes("haaro." .. kind .. "t.cookie", title)
  f[kind .. "t_index"] = ProtoField.uint16("haaro." .. kind .. "t.nonce_index", "Nonce Index",
                                           base.HEX)
  f[kind .. "t_token"] = ProtoField.bytes("haaro." .. kind .. "t.token", label .. " Keygen Token")
end
haaro.fields = f

local e = {}
local function define(severity, group, texts)
  for key, text in pairs(texts) do
    e[key] = ProtoExpert.new("haaro.expert." .. key, text, group, severity)
  end
end
define(expert.severity.ERROR, expert.group.MALFORMED, {
  short = "Message is shorter than its fixed part",
  ext_overrun = "Extension runs past the end of the message",
  ext_unknown = "Unknown extension that must not be skipped: the message is discarded",
  ext_length = "Length does not fit this extension",
  after_mcae = "Extension after the Mobile-Correspondent Authentication: nothing covers it",
  adv_empty = "Advertisement without any structure",
  adv_first = "First structure is not a router",
  adv_master = "Delta before any master prefix",
  adv_plen = "Prefix length above 32",
  adv_end = "Structure runs past the Length of the advertisement",
  adv_index = "Dictionary entry that was never filled",
  adv_realm = "Realm longer than 255 octets",
  adv_label = "Label with a dot or a NUL in it",
})
define(expert.severity.WARN, expert.group.PROTOCOL, {
  reserved = "Reserved bits are set",
  port = "Port is not 434",
  subtype = "Unknown subtype",
  place = "Extension that does not belong into this message",
  twice = "Extension for the second time",
  after_mhae = "Extension after the Mobile-Home Authentication: nothing covers it",
  mcae_size = "Authenticator has not 16 octets",
  no_careof = "Accepted without a Care-of Address extension",
  no_mcae = "Pre-accepted without a Mobile-Correspondent Authentication",
  no_ror = "Advertisement without a Route Optimization Reply",
  ror_code = "Code that is not defined",
  adv_info = "Info is neither 0 nor 1",
  adv_bits = "Bits beyond the prefix length are set",
})
define(expert.severity.NOTE, expert.group.PROTOCOL, {
  trailing = "Octets after the message, ignored",
  cut = "Less was captured or quoted than the message has",
  adv_again = "Router for the second time: its prefixes are merged",
})
haaro.experts = e

-- Decoding ends at what is malformed: fail() unwinds to attempt(), which tells at `item`. A message
-- that was cut, by the capture or by who quotes it in an ICMP error, is not to blame for it.
local function fail(about, text)
  error({about = about, text = text}, 0)
end

local function attempt(cut, item, decode, ...)
  local ok, failure = pcall(decode, ...)
  if ok then
    return
  end
  if type(failure) ~= "table" then
    error(failure, 0)
  end
  if cut then
    item:add_proto_expert_info(e.cut)
  elseif failure.text then
    item:add_proto_expert_info(failure.about, failure.text)
  else
    item:add_proto_expert_info(failure.about)
  end
end

local function warn_reserved(item, value)
  if value ~= 0 then
    item:add_proto_expert_info(e.reserved)
  end
end

-- Wireshark's own way to write an address may put a name in its place.
local function dotted(value)
  local octets = {}
  for i = 1, 4 do
    octets[i] = string.format("%d", math.floor(value / 2 ^ (32 - 8 * i)) % 256)
  end
  return table.concat(octets, ".")
end

-- Messages 24 to 27 (sections 5.6 to 5.9).

local function decode_test(tvb, pinfo, root, test)
  if tvb:len() < test.size then
    fail(e.short)
  end
  local is_init = test.size == 10
  warn_reserved(root:add(f.reserved, tvb(1, 1)), tvb(1, 1):uint())
  if not is_init then
    root:add(f[test.key .. "_index"], tvb(2, 2))
  end
  local cookie = is_init and tvb(2, 8) or tvb(4, 8)
  root:add(f[test.key .. "_cookie"], cookie)
  if not is_init then
    root:add(f[test.key .. "_token"], tvb(12, 8))
  end
  pinfo.cols.info = test.name .. ": cookie " .. tostring(cookie:bytes()):lower()
  -- The answer comes from where the question went to.
  if (is_init and pinfo.dst_port or pinfo.src_port) ~= 434 then
    root:add_proto_expert_info(e.port)
  end
  if tvb:reported_len() > test.size then
    root:add_proto_expert_info(e.trailing)
  end
end

local function dissect_test(tvb, pinfo, tree, test, cut)
  pinfo.cols.protocol = "HAaRO"
  pinfo.cols.info = test.name
  local root = tree:add(haaro, tvb(), "Mobile IPv4 Route Optimization: " .. test.name)
  root:add(f.type, tvb(0, 1))
  attempt(cut, root, decode_test, tvb, pinfo, root, test)
end

-- 153/1 (section 5.1).
local function decode_capability(tvb, tree, ext, about)
  if ext.length ~= 2 and ext.length ~= 6 then
    fail(e.ext_length, "Length is neither 2 nor 6")
  end
  local octet = tvb(ext.at + 3, 1)
  local flags = tree:add(f.cap_flags, octet)
  local names = ""
  for i, letter in ipairs({"A", "R", "S", "O"}) do
    flags:add(f["cap_" .. letter:lower()], octet)
    names = octet:bitfield(i - 1, 1) == 1 and names .. letter or names
  end
  warn_reserved(flags:add(f.cap_reserved, octet), octet:bitfield(4, 4))
  local solicits = octet:bitfield(2, 1) == 1
  if solicits ~= (ext.length == 6) then
    fail(e.ext_length, "A Home Address is there if, and only if, S is set")
  end
  flags:append_text(" (" .. names .. ")")
  local text = "capability " .. names
  if solicits then
    tree:add(f.cap_router, tvb(ext.at + 4, 4))
    text = text .. " for " .. dotted(tvb(ext.at + 4, 4):uint())
  end
  table.insert(about, text)
end

-- 49/1 (section 5.2). Flags and code share an octet, so the code has five bits although the text
-- counts to 63.
local function decode_reply(tvb, tree, ext, about)
  if ext.length ~= 2 then
    fail(e.ext_length, "Length is not 2")
  end
  local octet = tvb(ext.at + 3, 1)
  local flags = tree:add(f.ror_flags, octet)
  for _, letter in ipairs({"o", "n", "s"}) do
    flags:add(f["ror_" .. letter], octet)
  end
  local code = octet:bitfield(3, 5)
  local verdict = code < 16 and "granted" or "refused"
  local item = tree:add(f.ror_code, octet)
  item:append_text(" (" .. verdict .. ")")
  if code ~= 0 and code ~= 16 then
    item:add_proto_expert_info(e.ror_code)
  end
  table.insert(about, verdict)
end

-- 49/2 (section 5.3). Both indexes are zero where the key was agreed upon beforehand.
local function decode_authentication(tvb, tree, ext, about)
  if ext.length < 7 then
    fail(e.ext_length, "No room for indexes and authenticator")
  end
  warn_reserved(tree:add(f.reserved, tvb(ext.at + 3, 1)), tvb(ext.at + 3, 1):uint())
  tree:add(f.mcae_home, tvb(ext.at + 4, 2))
  tree:add(f.mcae_careof, tvb(ext.at + 6, 2))
  local item = tree:add(f.mcae_auth, tvb(ext.at + 8, ext.length - 6))
  if ext.length ~= 22 then
    item:add_proto_expert_info(e.mcae_size)
  end
  table.insert(about, "between routers")
end

-- 49/3 (section 5.4). Length counts as in every short extension, not "the packet".
local function decode_careof(tvb, tree, ext, about)
  if ext.length < 6 or ext.length % 4 ~= 2 then
    fail(e.ext_length, "No whole number of addresses, or none")
  end
  warn_reserved(tree:add(f.reserved, tvb(ext.at + 3, 1)), tvb(ext.at + 3, 1):uint())
  local addresses = {}
  for at = ext.at + 4, ext.at + 2 + ext.length - 4, 4 do
    tree:add(f.coa_address, tvb(at, 4))
    table.insert(addresses, dotted(tvb(at, 4):uint()))
  end
  table.insert(about, "at " .. table.concat(addresses, ", "))
end

-- 50/1 (section 5.5), with the decoders of both compressions (section 4). `scan` is where we are in
-- it: at, stop; master; entries, n_entries; routers.

local function take(scan, n, what)
  if scan.at + n > scan.stop then
    fail(e.adv_end, what .. " runs past the Length of the advertisement")
  end
  scan.at = scan.at + n
  return scan.at - n
end

local function keep_bits(value, n)
  if n <= 0 then
    return 0
  end
  return value - value % 2 ^ (32 - n)
end

-- Section 4.1. A delta holds the bits PLen-7 to PLen; those before are the last master's, whichever
-- router that belonged to.
local function decode_prefix(scan, tvb, tree, header)
  local plen, value, stray, range = header % 64, 0, false, nil
  if plen > 32 then
    fail(e.adv_plen, "Prefix length " .. plen .. " is above 32")
  end
  if header >= 128 then
    if not scan.master then
      fail(e.adv_master)
    end
    range = tvb(take(scan, 1, "Delta"), 1)
    -- of a prefix with less than eight bits the octet has bits before the first
    value = keep_bits(scan.master, plen - 8) + range:uint() % 2 ^ plen * 2 ^ (32 - plen)
    stray = range:uint() >= 2 ^ plen
  else
    local n = math.ceil(plen / 8)
    local at = take(scan, n, "Prefix")
    range = n > 0 and tvb(at, n) or tvb(at - 1, 1)
    value = n > 0 and range:uint() * 2 ^ (32 - 8 * n) or 0
    scan.master = keep_bits(value, plen)
    stray = scan.master ~= value
    value = scan.master
  end
  local item = tree:add(f.adv_prefix, range, Address.ip(dotted(value)))
  item:append_text("/" .. plen)
  if stray then
    item:add_proto_expert_info(e.adv_bits)
  end
  return dotted(value) .. "/" .. plen
end

local function printable(text)
  return (text:gsub("[^\32-\126]", function(c) return string.format("\\x%02x", c:byte()) end))
end

-- Section 4.2.1: 128 entries, then the oldest slots are used again.
local function add_entry(scan, text, part)
  local slot = scan.n_entries % 128
  scan.entries[slot] = text
  scan.n_entries = scan.n_entries + 1
  table.insert(part.added, slot .. ": " .. printable(text))
end

-- Section 4.2.2 seen from the receiver: a literal label is added, be it there already or not; what
-- is left of the run of literals at the realm's end adds its suffixes, the longest first.
local function decode_realm(scan, tvb, parts)
  local run, realm = {}, nil
  while true do
    local start = take(scan, 1, "Realm")
    local tag = tvb(start, 1):uint()
    local part = {at = start, size = 1, added = {}}
    if tag == 0 then
      parts.realm = realm or ""
      table.insert(parts, part)
      for k = 1, #run - 1 do
        add_entry(scan, table.concat(run, ".", k), part)
      end
      return
    elseif tag >= 128 then
      part.index, part.text = tag - 128, scan.entries[tag - 128]
      if not part.text then
        fail(e.adv_index, "Dictionary entry " .. part.index .. " was never filled")
      end
      run = {}
    else
      part.size = 1 + tag
      part.text = tvb(take(scan, tag, "Label"), tag):raw()
      if part.text:find("[.\0]") then
        fail(e.adv_label)
      end
      add_entry(scan, part.text, part)
      table.insert(run, part.text)
    end
    table.insert(parts, part)
    realm = realm and realm .. "." .. part.text or part.text
    if #realm > 255 then
      fail(e.adv_realm)
    end
  end
end

local function show_realm(tvb, tree, parts, start, stop)
  local top = tree
  if parts.realm then
    top = tree:add(f.adv_realm, tvb(start, stop - start), printable(parts.realm))
  end
  for _, part in ipairs(parts) do
    local range = tvb(part.at, part.size)
    if part.index then
      top:add(f.adv_index, range):append_text(" = " .. printable(part.text))
    elseif part.text then
      top:add(f.adv_label, range, printable(part.text))
    end
    for _, text in ipairs(part.added) do
      top:add(f.adv_added, range, text):set_generated()
    end
  end
end

local function decode_router(scan, tvb, item, header)
  local octet = tvb(scan.at - 1, 1)
  item:add(f.adv_d, octet)
  warn_reserved(item, header >= 128 and 1 or 0)
  item:add(f.adv_m, octet)
  local info = item:add(f.adv_info, octet)
  if header % 64 > 1 then
    info:add_proto_expert_info(e.adv_info)
  end
  local at = take(scan, 4, "Home Address")
  local router = dotted(tvb(at, 4):uint())
  local address = item:add(f.adv_router, tvb(at, 4))
  if scan.routers[router] then
    address:add_proto_expert_info(e.adv_again)
  end
  scan.routers[router] = true
  scan.n_routers = scan.n_routers + 1
  local outbound = header % 64 == 1 and ", outbound connections only" or ""
  item:set_text("Router " .. router .. outbound)
end

local function decode_network(scan, tvb, item, header)
  local octet = tvb(scan.at - 1, 1)
  item:add(f.adv_d, octet)
  item:add(f.adv_m, octet)
  item:add(f.adv_plen, octet)
  local prefix = decode_prefix(scan, tvb, item, header)
  item:set_text("Prefix " .. prefix)
  local start, parts = scan.at, {}
  local ok, failure = pcall(decode_realm, scan, tvb, parts)
  show_realm(tvb, item, parts, start, scan.at)
  if not ok then
    error(failure, 0)
  end
  scan.n_prefixes = scan.n_prefixes + 1
  if parts.realm ~= "" then
    item:append_text(", realm " .. printable(parts.realm))
  end
end

local function decode_advertisement(tvb, tree, ext, about)
  local scan = {at = ext.at + 4, stop = ext.at + ext.size, entries = {}, n_entries = 0,
                routers = {}, n_routers = 0, n_prefixes = 0}
  if scan.at == scan.stop then
    fail(e.adv_empty)
  end
  while scan.at < scan.stop do
    local start = take(scan, 1, "Structure")
    local header = tvb(start, 1):uint()
    local item = tree:add(f.adv_structure, tvb(start, 1))
    local is_router = header % 128 >= 64
    if not is_router and scan.n_routers == 0 then
      fail(e.adv_first)
    end
    local decode = is_router and decode_router or decode_network
    local ok, failure = pcall(decode, scan, tvb, item, header)
    item:set_len(scan.at - start)
    if not ok then
      error(failure, 0)
    end
  end
  table.insert(about, "routers " .. scan.n_routers .. ", prefixes " .. scan.n_prefixes)
end

-- What is ours: name, decoder, and the messages that it belongs into.
local OURS = {
  [CAPABILITY] = {
    [1] = {name = "Capability", decode = decode_capability, [REQUEST] = true},
  },
  [ROUTE] = {
    [1] = {name = "Route Optimization Reply", decode = decode_reply, [REPLY] = true},
    [2] = {name = "Mobile-Correspondent Authentication", decode = decode_authentication,
           [REQUEST] = true, [REPLY] = true},
    [3] = {name = "Care-of Address", decode = decode_careof, [REPLY] = true},
  },
  [DATA] = {
    [1] = {name = "Prefix Advertisement", decode = decode_advertisement, [REPLY] = true},
  },
}

-- Registration Request and Reply.

-- The Dynamic HA extension is long in the figure of RFC 4433 and short by its erratum 898.
local function is_long(tvb, at, kind)
  if kind ~= DYNAMIC or at + 4 > tvb:len() then
    return LONG[kind]
  end
  local subtype = tvb(at + 1, 1):uint()
  return (subtype == 1 or subtype == 2) and tvb(at + 2, 2):uint() == 4
end

local function walk_one(tvb, at)
  local kind = tvb(at, 1):uint()
  local ext = {at = at, type = kind, mip_walks = true}
  local left = tvb:len() - at
  if kind == 0 then
    ext.size, ext.mip_walks = 1, false
    return ext
  end
  if kind < 128 and not EXTENSIONS[kind] then
    fail(e.ext_unknown, "Unknown extension " .. kind .. " must not be skipped: "
         .. "the message is discarded")
  end
  local long = is_long(tvb, at, kind)
  local header = long and 4 or 2
  if left >= header then
    ext.length = long and tvb(at + 2, 2):uint() or tvb(at + 1, 1):uint()
    ext.size = header + ext.length
  end
  if not ext.size or ext.size > left then
    fail(e.ext_overrun, "Extension " .. kind .. " runs past the end of the message")
  end
  ext.mip_walks = not long or MIP_WALKS[kind] or false
  if OURS[kind] and (long or ext.length > 0) then
    ext.subtype = tvb(long and at + 1 or at + 2, 1):uint()
  end
  return ext
end

-- Fills `exts` as far as it gets; exts.good is where.
local function walk(tvb, fixed, exts)
  exts.good = fixed
  while exts.good < tvb:len() do
    local ext = walk_one(tvb, exts.good)
    table.insert(exts, ext)
    exts.good = exts.good + ext.size
  end
end

-- What `mip` finds malformed it has marked in the tree when it raises the error.
local function call_mip(tvb, pinfo, tree)
  pcall(mip.call, mip, tvb, pinfo, tree)
end

-- `mip` gets what it walks rightly: all, or a copy without what would lead it astray.
local function show_rest(tvb, pinfo, tree, fixed, exts)
  local copy, cuts = tvb(0, fixed):bytes(), false
  for _, ext in ipairs(exts) do
    if ext.mip_walks then
      copy:append(tvb(ext.at, ext.size):bytes())
    else
      cuts = true
    end
  end
  if cuts then
    call_mip(copy:tvb("Mobile IP without long extensions"), pinfo, tree)
  else
    call_mip(tvb(0, exts.good):tvb(), pinfo, tree)
  end
end

local function judge_place(item, message, ext, known, seen)
  local key = ext.type .. "/" .. ext.subtype
  if not known[message] then
    item:add_proto_expert_info(e.place)
  end
  if seen[key] then
    item:add_proto_expert_info(e.twice)
  end
  if seen[MHAE] then
    item:add_proto_expert_info(e.after_mhae)
  end
  seen[key] = true
end

local function show_extension(tvb, root, message, ext, seen)
  local name = EXTENSIONS[ext.type] or "Unknown"
  local item = root:add(f.ext, tvb(ext.at, ext.size))
  item:set_text(string.format("Extension %d: %s", ext.type, name))
  item:add(f.ext_type, tvb(ext.at, 1))
  if seen["49/2"] then
    item:add_proto_expert_info(e.after_mcae)
  end
  seen[ext.type] = true
  if not OURS[ext.type] then
    return
  end
  local long = LONG[ext.type]
  item:add(f.ext_length, long and tvb(ext.at + 2, 2) or tvb(ext.at + 1, 1))
  if not ext.subtype then
    item:add_proto_expert_info(e.ext_length)
    return
  end
  item:add(f.ext_subtype, tvb(long and ext.at + 1 or ext.at + 2, 1))
  local known = OURS[ext.type][ext.subtype]
  if not known then
    item:add_proto_expert_info(e.subtype)
    return
  end
  item:set_text(string.format("%s (%d/%d)", known.name, ext.type, ext.subtype))
  judge_place(item, message, ext, known, seen)
  attempt(seen.cut, item, known.decode, tvb, item, ext, seen.about)
end

-- Codes are the correspondent's: 2 and the block from 201 to 210, and any in a reply that it signs.
local function show_code(tvb, root, seen)
  local code = tvb(1, 1):uint()
  if seen["49/2"] or code == 2 or (code >= 201 and code <= 210) then
    root:add(f.code, tvb(1, 1))
    table.insert(seen.about, CODES[code] or "code " .. code)
  end
  if seen["49/2"] and not seen["49/3"] and (code == 0 or code == 2) and tvb(2, 2):uint() > 0 then
    root:add_proto_expert_info(e.no_careof)
  end
  if code == 2 and not seen["49/2"] then
    root:add_proto_expert_info(e.no_mcae)
  end
  if seen["50/1"] and not seen["49/1"] then
    root:add_proto_expert_info(e.no_ror)
  end
end

local function concerns_us(tvb, message, exts, walked)
  for _, ext in ipairs(exts) do
    if OURS[ext.type] then
      return true
    end
  end
  local code = message == REPLY and tvb(1, 1):uint() or 0
  return not walked or code == 2 or (code >= 201 and code <= 210)
end

local function dissect_registration(tvb, pinfo, tree, message, cut)
  local fixed, exts = FIXED[message], {}
  if tvb:len() < fixed then
    local root = tree:add(haaro, tvb())
    root:add(f.type, tvb(0, 1))
    pinfo.cols.protocol = "HAaRO"
    attempt(cut, root, fail, e.short)
    return
  end
  local walked, failure = pcall(walk, tvb, fixed, exts)
  show_rest(tvb, pinfo, tree, fixed, exts)
  if not concerns_us(tvb, message, exts, walked) then
    return
  end
  local root = tree:add(haaro, tvb())
  local seen = {about = {}, cut = cut}
  for _, ext in ipairs(exts) do
    show_extension(tvb, root, message, ext, seen)
  end
  if not walked then
    attempt(cut, root, error, failure, 0)
  end
  if message == REPLY then
    show_code(tvb, root, seen)
  end
  if #seen.about > 0 then
    pinfo.cols.info:append(" [" .. table.concat(seen.about, "; ") .. "]")
  end
end

function haaro.dissector(tvb, pinfo, tree)
  local message = tvb:len() > 0 and tvb(0, 1):uint() or 0
  local cut = tvb:len() < tvb:reported_len() or pinfo.in_error_pkt
  if TESTS[message] then
    dissect_test(tvb, pinfo, tree, TESTS[message], cut)
  elseif FIXED[message] then
    dissect_registration(tvb, pinfo, tree, message, cut)
  else
    call_mip(tvb, pinfo, tree)
  end
end

DissectorTable.get("udp.port"):add(434, haaro)
