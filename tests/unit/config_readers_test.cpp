// Which kind a file is, told by its content, and what is said of one that is none.
#include <gtest/gtest.h>

#include <set>

#include "config_text.hpp"

namespace tunnelscope::config::test {
namespace {

struct Row {
  const char* text;
  const char* kind;  // "": none
};

TEST(ConfigReaders, TellTheKindByContent) {
  const Row rows[] = {
      {R"({"VpnConnections":[]})", "aws-describe"},
      {"\xef\xbb\xbf\n [{\"VpnConnectionId\":\"vpn-1\",\"Options\":{}}]", "aws-describe"},
      {R"({"terraform_version":"1","planned_values":{}})", "terraform-plan"},
      {R"({"terraform_version":"1","values":{}})", "terraform-state"},
      {R"({"Resources":{"A":{"Type":"AWS::S3::Bucket"}}})", "cloudformation"},
      {"Resources:\n  A: {Type: AWS::EC2::VPNConnection}\n", "cloudformation"},
      {"<vpn_connection id=\"vpn-1\"/>", "aws-customer-gateway-xml"},
      {"<html/>", ""},
      {"{}", ""},
      {"[1]", ""},
      {"hello: world\n", ""},
      {"", ""},
      {R"({"message":"AWS::EC2"})", ""},
  };
  for (const Row& row : rows) {
    const Source source{"input", row.text};
    const Content content(source);
    const Kind* kind = kind_of(content);
    EXPECT_EQ(kind ? kind->name : "", row.kind) << row.text;
  }
}

TEST(ConfigReaders, SayWhatAFileIsThatTheyCannotRead) {
  const std::pair<const char*, const char*> rows[] = {
      {" \n", "!input: the file is empty"},
      {"{\"a\": 1}", "!input: a JSON document that is neither a VPN configuration of AWS nor of a gateway (what can be read: "},
      {"<a/>", "!input: an XML document that is neither a VPN configuration of AWS nor of a gateway (what can be read: "},
      {"hello", "!input: a text that is neither a VPN configuration of AWS nor of a gateway (what can be read: "},
      {"{\"a\": ", "!input:1:7: the document ends here, before it is closed"},
  };
  for (const auto& [text, said] : rows) {
    const auto read = configuration(text);
    EXPECT_EQ(read.kind, "");
    EXPECT_TRUE(text_of(read.problems).starts_with(said)) << text_of(read.problems);
  }
}

TEST(ConfigReaders, HaveRowsWithNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Kind& kind : kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_FALSE(kind.title.empty()) << kind.name;
    EXPECT_EQ(kind.read == nullptr, kind.secrets_only) << kind.name;
  }
}

}  // namespace
}  // namespace tunnelscope::config::test
