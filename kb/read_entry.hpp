// The kinds of YAML files as readers over MapReader. Internal to kb/.
// In: a parsed file and the entry as it stands (empty, or the one that an overriding file changes). Out: the entry.
#pragma once
#include "kb/knowledge.hpp"
#include "kb/map_reader.hpp"

namespace tunnelscope::kb {

// Where the file stands: in a base folder; in an overlay as a new entry; in an overlay over an entry of the base.
enum class Layer { Base, Addition, Override };

void read_message(ReadContext& context, const YamlNode& root, Layer layer, MessageRule& rule);
void read_cause(ReadContext& context, const YamlNode& root, Layer layer, Cause& cause);
void read_config_rule(ReadContext& context, const YamlNode& root, Layer layer, ConfigRule& rule);
// Adds to `thresholds`; in an overlay a key that the base lacks is an error.
void read_thresholds(ReadContext& context, const YamlNode& root, Layer layer, Thresholds& thresholds);

}  // namespace tunnelscope::kb
