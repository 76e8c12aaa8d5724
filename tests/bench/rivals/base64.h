// The base64 decoding of the rivals that have none in their library: a table and no checks.
static size_t
decode_base64(const char *text, size_t length, char *bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static unsigned value[256];
	size_t size = 0;
	if (!value['B'])
		for (unsigned i = 0; i < 64; i++)
			value[(unsigned char)digits[i]] = i;
	for (size_t i = 0; i + 3 < length; i += 4) {
		const unsigned char *four = (const unsigned char *)text + i;
		unsigned bits = value[four[0]] << 18 | value[four[1]] << 12 | value[four[2]] << 6 | value[four[3]];
		bytes[size++] = (char)(bits >> 16);
		bytes[size++] = (char)(bits >> 8);
		bytes[size++] = (char)bits;
	}
	if (length >= 4)
		size -= (size_t)((text[length - 1] == '=') + (text[length - 2] == '='));
	return size;
}
