// Entries of the knowledge base for people and programs: what `explain` and `rules show` print.
#pragma once
#include <string>

#include "kb/knowledge.hpp"
#include "src/report/page.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {

void describe(Page& page, const kb::Cause& cause);
void describe(Page& page, const kb::MessageRule& rule);
void describe(Page& page, const kb::ConfigRule& rule);

// JSON texts, complete documents.
std::string described_json(const kb::Cause& cause);
std::string described_json(const kb::MessageRule& rule);
std::string described_json(const kb::ConfigRule& rule);

// "signal psk_mismatch, 3 times or more, around the onset, while phase 2 is up"
std::string condition_in_words(const kb::Condition& condition);

// "child-lifetime is below 900 or above 3600".
std::string condition_in_words(const kb::ConfigCondition& condition);

// Steps of an entry as a reader follows them.
std::vector<FoldedStep> folded_steps(const std::vector<kb::Step>& steps);

// "a fault while phase 2 is down, normal while phase 2 is established".
std::string weight_in_words(const kb::MessageRule& rule);

}  // namespace tunnelscope::report
