// A knowledge base in a temporary folder, and the two smallest valid entries to write into it.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "kb/loader.hpp"

namespace tunnelscope::kb {

class KbFolder {
 public:
  KbFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kb-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~KbFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  KbFolder(const KbFolder&) = delete;
  KbFolder& operator=(const KbFolder&) = delete;

  KbFolder& write(const std::string& name, const std::string& text) {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return *this;
  }
  const std::filesystem::path& path() const { return path_; }
  std::string str() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// Errors as text, the folder's name left out.
inline std::string errors_of(const tl::expected<Knowledge, Errors>& result, const KbFolder& folder) {
  if (result) return "no errors";
  std::string text;
  for (Error error : result.error()) {
    if (error.file.starts_with(folder.str())) error.file.erase(0, std::min(folder.str().size() + 1, error.file.size()));
    text += to_text(error) + "\n";
  }
  return text;
}

inline std::string message_yaml(const std::string& pattern = "'peer {peer:address} is gone'") {
  return "dialect: aws-s2s-ike\nsignal: dpd_timeout\nlevel: fault\nexplanation: The peer is gone.\npattern: " + pattern +
         "\nexamples:\n  - {line: peer 10.0.0.1 is gone, captures: {peer: 10.0.0.1}}\n  - Peer xxxx is gone\n"
         "near_misses: [peer is gone, peer 10.0.0.1 is here]\nreferences:\n  - {title: a book, date: 2026-11-21}\n";
}

inline std::string cause_yaml(const std::string& more = "") {
  return "title: the peer is gone\nseverity: critical\nconfidence: likely\nimpact: outage\nfault_class: dpd_timeout\n"
         "owner: gateway\nscope: outage\nwhen:\n  all:\n    - signal: dpd_timeout\nsummary: it went\nwhat: It went.\n"
         "why: Who knows.\nchecks:\n  - {who: gateway, do: look}\nfix:\n  - {who: any, do: wait}\nverify: It is back.\n"
         "references:\n  - {title: a book, date: 2026-11-21}\n" + more;
}

inline std::string config_yaml(const std::string& limit = "3600") {
  return "title: too long\nseverity: critical\nimpact: none\nowner: aws\nscope: endpoint\nwhen:\n  all:\n"
         "    - {attribute: child-lifetime, above: " + limit + "}\nsummary: '{endpoint} has {value}'\nexplanation: It is too long.\n"
         "fix:\n  - {who: aws, do: shorten it}\nreferences:\n  - {title: a book, date: 2026-11-21}\n"
         "examples:\n  - {cloud: {child-lifetime: 7200}}\nnear_misses:\n  - {cloud: {child-lifetime: 3600}}\n";
}

}  // namespace tunnelscope::kb
