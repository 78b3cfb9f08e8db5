// The changes that mend one stage at one end, written into the texts of its files in the vendor's own words. In: the end, the changes in
// canonical words with their places, the texts. Out: drafts of the texts to be tried in turn, the likeliest first. Whether a draft does
// mend it is not known here: its files are to be read and negotiated again.
#pragma once
#include <functional>
#include <vector>

#include "diag/config/verdict.hpp"
#include "src/config/draft.hpp"

namespace tunnelscope::config {

// One way to make a change. False: it does not fit these texts, which may then be half changed.
using Edit = std::function<bool(Draft&)>;

// Empty: no words of this vendor are known for one of the changes, or one of them is a key.
std::vector<Draft> mended(const diag::config::Endpoint& end, const std::vector<diag::config::Change>& changes, const Draft& before);

// What a change takes beyond its value, where that is known of the end's vendor: a version of IKE has objects of its own.
std::string how_to_make(const diag::config::Endpoint& end, const diag::config::Change& change);

}  // namespace tunnelscope::config
