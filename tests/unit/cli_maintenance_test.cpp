// Maintenance files in all their forms, and the place of every fault in them.
#include <gtest/gtest.h>

#include "src/maintenance.hpp"

namespace tunnelscope::app {
namespace {

constexpr diag::Time kTwo = 1772330400000;  // 2026-03-01T02:00:00Z

TEST(CliMaintenance, JsonWindowsAreRead) {
  const auto read = read_maintenance(R"([
    {"start": "2026-03-01T02:00:00Z", "end": "2026-03-01 05:00:00+01:00", "title": "line work"},
    {"start": 1772330400, "duration": "90m", "tunnel": "vpn-0123456789abcdef0/203.0.113.17"}
  ])");
  ASSERT_TRUE(read) << read.error().reason;
  ASSERT_EQ(read->windows.size(), 2U);
  EXPECT_EQ(read->windows[0].start, kTwo);
  EXPECT_EQ(read->windows[0].end, kTwo + 2 * diag::kHour);
  EXPECT_EQ(read->windows[0].title, "line work");
  EXPECT_EQ(read->windows[0].connection, "");
  EXPECT_EQ(read->windows[1].start, kTwo);
  EXPECT_EQ(read->windows[1].end, kTwo + 90 * diag::kMinute);
  EXPECT_EQ(read->windows[1].connection, "vpn-0123456789abcdef0");
  EXPECT_EQ(read->windows[1].outside_ip, "203.0.113.17");
}

TEST(CliMaintenance, TheAnswerOfAwsIsAReplacementFromThenOn) {
  const auto read = read_maintenance(R"({
    "VpnConnectionId": "vpn-0123456789abcdef0",
    "VpnTunnelOutsideIpAddress": "203.0.113.17",
    "MaintenanceDetails": {"PendingMaintenance": "none", "LastMaintenanceApplied": "2026-03-01T02:00:00+00:00"}
  })");
  ASSERT_TRUE(read) << read.error().reason;
  ASSERT_EQ(read->windows.size(), 1U);
  EXPECT_TRUE(read->windows[0].replacement);
  EXPECT_EQ(read->windows[0].start, kTwo);
  EXPECT_GT(read->windows[0].end, kTwo);
  EXPECT_EQ(read->windows[0].outside_ip, "203.0.113.17");
}

TEST(CliMaintenance, AnAnswerWithoutAppliedMaintenanceIsNoFault) {
  const auto read = read_maintenance(R"({"VpnConnectionId": "vpn-1", "MaintenanceDetails": {"PendingMaintenance": "none"}})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->windows.empty());
  EXPECT_EQ(read->warnings.size(), 1U);
}

TEST(CliMaintenance, CalendarEventsAreRead) {
  const auto read = read_maintenance(
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART:20260301T020000Z\r\nDTEND:20260301T040000Z\r\n"
      "SUMMARY:Replacement of vpn-0123456789\r\n abcdef0\\, first tunnel\r\nBEGIN:VALARM\r\nDURATION:PT5M\r\nEND:VALARM\r\n"
      "END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;TZID=\"Europe/Berlin\":20260301T030000\r\nDURATION:P1DT1H30M\r\nEND:VEVENT\r\n"
      "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260301\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n"
      "END:VCALENDAR\r\n");
  ASSERT_TRUE(read) << read.error().line << read.error().reason;
  ASSERT_EQ(read->windows.size(), 3U);
  EXPECT_EQ(read->windows[0].start, kTwo);
  EXPECT_EQ(read->windows[0].end, kTwo + 2 * diag::kHour);
  EXPECT_EQ(read->windows[0].connection, "vpn-0123456789abcdef0");
  EXPECT_EQ(read->windows[0].title, "Replacement of vpn-0123456789abcdef0, first tunnel");
  EXPECT_EQ(read->windows[1].start, kTwo);
  EXPECT_EQ(read->windows[1].end, kTwo + 25 * diag::kHour + 30 * diag::kMinute);
  EXPECT_EQ(read->windows[2].end - read->windows[2].start, diag::kDay);
}

TEST(CliMaintenance, WhatIsNotUnderstoodInFullIsSaid) {
  const auto read = read_maintenance(
      "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Nowhere/City:20260301T020000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"
      "END:VEVENT\nEND:VCALENDAR\n");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->warnings.size(), 2U);
  EXPECT_EQ(read->warnings[0], "line 3: time zone Nowhere/City is not known here, taken as UTC");
  EXPECT_EQ(read->windows[0].start, kTwo);
}

TEST(CliMaintenance, FaultsNameLineReasonAndHint) {
  struct Row {
    const char* text;
    int line;
    const char* reason;
  };
  const Row rows[] = {
      {"", 0, "the file is empty"},
      {"hello", 1, "this is neither JSON nor iCalendar"},
      {"[\n{\"start\": }\n]", 2, "this is not valid JSON"},
      {"[\n 3\n]", 1, "a maintenance window is an object"},
      {"[\n{\"start\": \"2026-03-01\",\n\"end\": \"2026-03-02\"},\n{\"end\": \"2026-03-02\"}]", 4, "a maintenance window has no `start`"},
      {"{\"windows\": [\n{\"start\": \"soon\"}]}", 2, "`start` is not a time"},
      {"[{\"start\": \"2026-03-02\", \"end\": \"2026-03-01\"}]", 1, "a maintenance window ends before it starts"},
      {"[{\"start\": \"2026-03-02\", \"until\": \"2026-03-03\"}]", 1, "unknown key `until` in a maintenance window"},
      {"[{\"start\": \"2026-03-02\", \"end\": \"2026-03-03\", \"tunnel\": \"x\"}]", 1, "`tunnel` is not a tunnel"},
      {"[]", 1, "no maintenance window in this file"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTEND:20260301T040000Z\nEND:VEVENT\n", 2, "this event has no DTSTART"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:tomorrow\nEND:VEVENT\n", 3, "DTSTART is not a time"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260301T040000Z\n", 2, "this event has no END:VEVENT"},
      {"BEGIN:VCALENDAR\nEND:VCALENDAR\n", 0, "the calendar has no event"},
  };
  for (const Row& row : rows) {
    const auto read = read_maintenance(row.text);
    ASSERT_FALSE(read) << row.text;
    EXPECT_EQ(read.error().line, row.line) << row.text;
    EXPECT_EQ(read.error().reason, row.reason) << row.text;
  }
  EXPECT_EQ(read_maintenance("[{\"start\": 1772330400, \"duratoin\": \"2h\"}]").error().hint, "did you mean `duration`?");
}

TEST(CliMaintenance, DeepNestingIsRefused) {
  const std::string deep(100000, '[');
  EXPECT_FALSE(read_maintenance(deep));
  EXPECT_FALSE(read_maintenance(deep + std::string(100000, ']')));
}

}  // namespace
}  // namespace tunnelscope::app
