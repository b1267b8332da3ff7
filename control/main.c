/* SPDX-License-Identifier: BSD-3-Clause */
/* The composition root. */
int main(void)
{
	return 0;
}
