// The located tree of JSON, YAML and XML: what is read, where it stands, and what is left of a damaged document.
#include <gtest/gtest.h>

#include "config_text.hpp"
#include "src/config/tree.hpp"

namespace tunnelscope::config::test {
namespace {

std::string dump(const Node& node) {
  const std::string at = "@" + std::to_string(node.line) + ":" + std::to_string(node.column), broken = node.broken ? "!" : "";
  std::string all;
  switch (node.kind) {
    case Node::Kind::Null: return "null" + broken;
    case Node::Kind::Boolean: return node.text + at + broken;
    case Node::Kind::Number: return "n" + node.text + at + broken;
    case Node::Kind::Text: return node.tag + "'" + node.text + "'" + at + broken;
    case Node::Kind::List:
      for (const Node& item : node.items) all += (all.empty() ? "" : " ") + dump(item);
      return node.tag + "[" + all + "]" + broken;
    case Node::Kind::Map:
      for (const Entry& entry : node.entries)
        all += (all.empty() ? "" : " ") + entry.name + "@" + std::to_string(entry.line) + ":" + std::to_string(entry.column) + "=" + dump(entry.value);
      return node.tag + "{" + all + "}" + broken;
  }
  return {};
}

struct Row {
  const char* text;
  const char* tree;
  const char* problems;
};

template <std::size_t N>
void expect(Tree (*read)(std::string_view, const std::string&), const Row (&rows)[N]) {
  for (const Row& row : rows) {
    const Tree tree = read(row.text, "f");
    EXPECT_EQ(dump(tree.root), row.tree) << row.text;
    EXPECT_EQ(text_of(tree.problems), row.problems) << row.text;
  }
}

TEST(ConfigTree, OfJsonKnowsEveryPlace) {
  expect(read_json, {
      {"{\"a\": 1,\n \"b\": [true, null, \"x\"]}", "{a@1:2=n1@1:7 b@2:2=[true@2:8 null 'x'@2:20]}", ""},
      {"\xef\xbb\xbf[-1.5e3, {}]", "[n-1.5e3@1:5 {}]", ""},
      {R"(["\"\\\/\n\u00e4\ud83d\ude00\ud800"])", "['\"\\/\n\xc3\xa4\xf0\x9f\x98\x80\xef\xbf\xbd'@1:2]", ""},
      {"[1,2,]", "[n1@1:2 n2@1:4 null!]!", "!f:1:6: neither a value nor a quotation mark (texts stand in double quotes)\n"},
      {"[1] x", "[n1@1:2]", "!f:1:5: text behind the end of the document (one file holds one JSON document)\n"},
      {"{\"a\" 1}", "{a@1:2=null!}!", "!f:1:6: a colon is missing behind the key\n"},
      {"{a: 1}", "{}!", "!f:1:2: a key in quotes is missing here\n"},
      {"[01x]", "[null!]!", "!f:1:2: neither a value nor a quotation mark (texts stand in double quotes)\n"},
      {"[\"a\nb\"]", "['a'@1:2!]!", "!f:1:4: a text is not closed in its line (a quotation mark is missing, or the file may be truncated)\n"},
      {"[\"\\x\"]", "[''@1:2!]!", "!f:1:4: an escape that JSON does not have\n"},
  });
}

TEST(ConfigTree, OfCutOffJsonKeepsWhatStoodBeforeAndSaysWhatIsBroken) {
  const std::string end = "the document ends here, before it is closed (the file may be truncated)\n";
  const std::pair<const char*, const char*> rows[] = {
      {"", "null!"}, {"{", "{}!"}, {"{\"a", "{a@1:2=null!}!"}, {"{\"a\":", "{a@1:2=null!}!"}, {"{\"a\":\"secr", "{a@1:2='secr'@1:6!}!"},
      {"{\"a\":28", "{a@1:2=null!}!"}, {"{\"a\":[1,{\"b\":2,\"c\":tru", "{a@1:2=[n1@1:7 {b@1:10=n2@1:14 c@1:16=null!}!]!}!"},
  };
  for (const auto& [text, tree] : rows) {
    const Tree read = read_json(text, "f");
    EXPECT_EQ(dump(read.root), tree) << text;
    EXPECT_TRUE(text_of(read.problems).ends_with(end)) << text;
  }
}

TEST(ConfigTree, SaysWhichKeyStandsTwiceAndBelievesNeither) {
  const std::string said = "f:2:1: this key stands here twice (it stands first in line 1: which of the two holds is not known)\n";
  const Tree json = read_json("{\"a\":1,\n\"a\":2}", "f");
  EXPECT_EQ(dump(json.root), "{a@1:2=n1@1:6! a@2:1=n2@2:5!}");
  EXPECT_EQ(text_of(json.problems), said);
  const Tree yaml = read_yaml("a: 1\na: 2\n", "f");
  EXPECT_EQ(dump(yaml.root), "{a@1:1=n1@1:4! a@2:1=n2@2:4!}");
  EXPECT_EQ(text_of(yaml.problems), said);
}

TEST(ConfigTree, OfYamlTellsPlainWordsFromQuotedOnesAndKeepsTags) {
  expect(read_yaml, {
      {"a: 1\nb:\n  - true\n  - \"true\"\n  - ~\n", "{a@1:1=n1@1:4 b@2:1=[true@3:5 'true'@4:5 null]}", ""},
      {"a: !Ref x\nb: !If [c, 1, 2]\nc: !Sub\n  - t\n", "{a@1:1=!Ref'x'@1:4 b@2:1=!If['c'@2:9 n1@2:12 n2@2:15] c@3:1=!Sub['t'@4:5]}", ""},
      {"a: {b: [1}\n", "{a@1:1={b@1:5=[]!}!}!", "!f:1:10: not valid YAML: illegal flow end\n"},
      {"a: 1\nb: &x 2\n", "{a@1:1=n1@1:4 b@2:1=null!}!",
       "!f:2:4: anchors and aliases are not allowed (write the text out; a text with a leading & or * needs quotes)\n"},
      {"a: 1\n---\nb: 2\n", "{a@1:1=n1@1:4}!", "!f:2:1: a second document; each file holds one (remove the `---` line or split the file)\n"},
  });
}

TEST(ConfigTree, OfXmlHasAttributesChildrenAndTexts) {
  expect(read_xml, {
      {"<?xml version=\"1.0\"?>\n<a id=\"1\">\n  <b> x&amp;&#65; </b>\n  <b/>\n</a>", "{a@2:2={@id@2:2='1'@2:2 b@3:4='x&A'@3:4 b@4:4=''@4:4}}", ""},
      {"<a><b>1</b><c>2</c>", "{a@1:2={b@1:5='1'@1:5 c@1:13='2'@1:13!}!}!",
       "!f:1:19: not valid XML: an element is not closed here (the file may be truncated)\n"},
      {"<a><b></a>", "{a@1:2={b@1:5=''@1:5!}!}!", "!f:1:9: not valid XML: an element is not closed here (the file may be truncated)\n"},
      {"<!-- -->", "null", "!f:1:9: not valid XML: an element is not closed here (the file may be truncated)\n"},
      {"<a b=c/>", "{a@1:2={@b@1:2=''@1:2!}!}!", "!f:1:6: not valid XML here (the file may be truncated)\n"},
  });
}

TEST(ConfigTree, OfXmlExpandsNoEntityThatTheDocumentDeclares) {
  const Tree tree = read_xml("<!DOCTYPE a [<!ENTITY x \"boom\"><!ENTITY y SYSTEM \"file:///etc/passwd\">]><a>&x;&y;</a>", "f");
  EXPECT_EQ(tree.root.find("a")->text, "&x;&y;");
}

TEST(ConfigTree, IsBoundedInDepthAndSize) {
  const auto nested = [](std::size_t depth, const char* open) {
    std::string all;
    for (std::size_t i = 0; i < depth; ++i) all += open;
    return all;
  };
  EXPECT_TRUE(text_of(read_json(nested(100'000, "["), "f").problems).find("nested too deeply") != std::string::npos);
  EXPECT_TRUE(text_of(read_yaml(nested(10'000, "["), "f").problems).find("nested too deeply") != std::string::npos);
  EXPECT_TRUE(text_of(read_xml(nested(100'000, "<a>") + nested(100'000, "</a>"), "f").problems).find("nested too deeply") != std::string::npos);
  EXPECT_EQ(text_of(read_yaml(std::string(kMaxYamlBytes + 1, ' '), "f").problems), "!f: larger than 1 MiB, which no configuration is\n");
  EXPECT_EQ(text_of(read_json(std::string(kMaxDocumentBytes + 1, ' '), "f").problems), "!f: larger than 32 MiB, which no configuration is\n");
  EXPECT_TRUE(text_of(read_json("[" + nested(kMaxNodes, "0,") + "0]", "f").problems).find("too many values") != std::string::npos);
}

TEST(ConfigTree, IsWipedOfEveryText) {
  Tree tree = read_json(R"({"a": ["k", {"b": "key"}]})", "f");
  wipe(tree.root);
  EXPECT_EQ(dump(tree.root), "{a@1:2=[''@1:8 {b@1:14=''@1:19}]}");
}

}  // namespace
}  // namespace tunnelscope::config::test
