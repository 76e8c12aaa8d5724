// The decoders' work by simdjson's on-demand parser at its fastest: the whole file in memory, many records in one call,
// fields looked for in the order in which they come, values written as they stand.
#include <cstdio>
#include <cstring>
#include <exception>
#include <simdjson.h>
#include <string_view>

#include "base64.h"

using namespace simdjson;
using std::string_view;

static char output[1 << 16];
static size_t used;

static void
flush()
{
	if (fwrite(output, 1, used, stdout) != used)
		throw std::runtime_error("standard output");
	used = 0;
}

static void
append(string_view part)
{
	memcpy(output + used, part.data(), part.size());
	used += part.size();
}

template <typename... Parts>
static void
write(Parts... parts)
{
	size_t size = (string_view(parts).size() + ...);
	if (size > sizeof output)
		throw std::runtime_error("a record is too long");
	if (size > sizeof output - used)
		flush();
	(append(parts), ...);
}

// A field's value as it stands, or null.
template <typename Record>
static string_view
token(Record &&record, const char *name)
{
	string_view text = "null";
	ondemand::value value;
	if (record.find_field(name).get(value) == SUCCESS)
		text = value.raw_json_token();
	return text;
}

static void
customers(ondemand::document_reference change)
{
	static ondemand::parser parser;
	static char bytes[1 << 20];
	if (string_view(change.find_field("key")) != "Q3VzdG9tZXI=")
		return;
	for (auto entry : change.find_field("zSetEntries")) {
		string_view element = entry.find_field("element");
		size_t length = decode_base64(element.data(), element.size(), bytes);
		auto customer = parser.iterate(bytes, length, sizeof bytes);
		string_view name = token(customer, "customerName"), email = token(customer, "email");
		string_view phone = token(customer, "phone"), day = token(customer, "birthDay");
		write("{\"customerName\":", name, ",\"email\":", email, ",\"phone\":", phone, ",\"birthDay\":", day,
			",\"birthYear\":", day.substr(0, 5), "\"}\n");
	}
}

static void
events(ondemand::document_reference event)
{
	string_view customer = token(event, "customer"), score = token(event, "score"), date = token(event, "riskDate");
	write("{\"customer\":", customer, ",\"score\":", score, ",\"riskDate\":", date, "}\n");
}

static void
questions(ondemand::document_reference attempt)
{
	ondemand::array questions;
	string_view keen_id = attempt.find_field_unordered("keen_id").value().raw_json_token();
	if (attempt.find_field_unordered("sequences").find_field("questions").get(questions) != SUCCESS)
		return;
	for (ondemand::object question : questions) {
		string_view correct = "null", id;
		ondemand::value value;
		if (question.find_field_unordered("user_correct").get(value) == SUCCESS)
			correct = value.raw_json_token();
		id = question.find_field_unordered("id").value().raw_json_token();
		write("{\"keen_id\":", keen_id, ",\"id\":", id, ",\"user_correct\":", correct, "}\n");
	}
}

int
main(int argc, char **argv)
try {
	if (argc != 3)
		throw std::runtime_error("usage: simdjson customers|events|questions FILE");
	auto work = *argv[1] == 'c' ? customers : *argv[1] == 'e' ? events : questions;
	padded_string file = padded_string::load(argv[2]);
	ondemand::parser parser;
	ondemand::document_stream records = parser.iterate_many(file);
	for (auto record : records)
		work(record.value());
	flush();
	return fflush(stdout) == 0 ? 0 : 1;
} catch (const std::exception &error) {
	fprintf(stderr, "simdjson: %s\n", error.what());
	return 1;
}
