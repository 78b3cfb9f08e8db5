// The syntax of swanctl.conf and strongswan.conf: sections in braces, settings, includes, templates. In: a file and whoever resolves its
// includes. Out: one tree of sections, each with all that it inherits.
#pragma once
#include "src/config/readers.hpp"
#include "src/config/settings.hpp"

namespace tunnelscope::config {

// Sections and settings of one name are merged, the later setting holds. What cannot be read is a problem with its place, and a section
// whose include cannot be read says so (Section::incomplete), with all that is in it.
Section read_swanctl(const Source& source, const Include& include, std::vector<Problem>& problems);

// The section with its templates' settings and sections, at all depths. `root` is where templates are looked for by their dotted names.
// A template that is not there, or that inherits from itself, is a problem, and leaves the section incomplete.
Section with_templates(const Section& section, const Section& root, std::vector<Problem>& problems);

}  // namespace tunnelscope::config
