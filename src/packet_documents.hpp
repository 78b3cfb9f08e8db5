// What an incident packet shows, from what a report holds. In: a document that still says everything. Out: two of it that can leave the
// company: all identities as pseudonyms, and the same with what AWS knows left readable. Names of input files, a team's own pages and
// owners, and what the project's file excuses are in neither.
#pragma once
#include "kb/knowledge.hpp"
#include "src/redact.hpp"
#include "src/report/packet.hpp"

namespace tunnelscope::app {

struct PacketDocuments {
  report::Document pseudonymous, for_aws;
  report::AwsOrigin origin;
};

// `knowledge` judged it: what a team's own causes say is redacted like a log, as it may name hosts.
PacketDocuments packet_documents(report::Document document, const Redactor& redactor, const kb::Knowledge& knowledge);

}  // namespace tunnelscope::app
