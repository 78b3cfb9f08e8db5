// Every field of every type of the knowledge base, listed once, for whoever treats all of them alike (the archive).
// visit_fields(visitor, value) calls visitor(field) for each; const values give const fields. Internal to kb/.
#pragma once
#include <concepts>
#include <type_traits>

#include "kb/knowledge.hpp"

namespace tunnelscope::kb {

template <class T, class Type>
concept Of = std::same_as<std::remove_const_t<T>, Type>;

template <class V, class... Fields>
void visit_all(V& visitor, Fields&... fields) {
  (visitor(fields), ...);
}

template <class V, Of<Example> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.line, x.captures);
}
template <class V, Of<Reference> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.title, x.url, x.date);
}
template <class V, Of<MessageRule> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.id, x.dialect, x.pattern, x.signal, x.ike_version, x.level, x.fault_while, x.normal_while,
            x.contradicts_phase1, x.contradicts_phase2, x.explanation, x.inferred, x.examples, x.near_misses,
            x.references, x.owner, x.runbook_url);
}
template <class V, Of<Condition> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.signal, x.at_least, x.window, x.within_s, x.phase1, x.phase2, x.child);
}
template <class V, Of<Step> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.who, x.vendor, x.text, x.command, x.unless, x.figures);
}
template <class V, Of<ConfiguredStatement> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.when, x.text);
}
template <class V, Of<RuledOut> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.cause, x.because, x.unless);
}
template <class V, Of<Milder> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.all, x.severity, x.role, x.title, x.summary);
}
template <class V, Of<Cause> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.id, x.title, x.severity, x.recovered_severity, x.confidence, x.role, x.impact, x.fault_class, x.owner,
            x.scope, x.explains_part, x.on_connection, x.about, x.fallback, x.interruptions, x.all, x.any, x.none,
            x.certain_when, x.milder, x.outranks, x.explains, x.details, x.rules_out, x.shows_as, x.configured, x.summary, x.what, x.why,
            x.checks, x.fix, x.verify, x.references, x.inferred, x.runbook_url);
}
template <class V, Of<ConfigCondition> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.attribute, x.is, x.has, x.has_other, x.below, x.above);
}
template <class V, Of<ConfigExample> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.ends);
}
template <class V, Of<ConfigRule> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.id, x.title, x.severity, x.confidence, x.impact, x.owner, x.scope, x.side, x.vendor, x.origin, x.signal, x.all,
            x.any, x.shows_as, x.summary, x.explanation, x.fix, x.references, x.examples, x.near_misses, x.inferred, x.runbook_url);
}
template <class V, Of<Knowledge> T>
void visit_fields(V& v, T& x) {
  visit_all(v, x.version, x.messages, x.causes, x.config, x.thresholds);
}

}  // namespace tunnelscope::kb
