// How the program's memory is had from the system: jemalloc reads this when it starts (its manual page, "TUNING").
// In huge pages where the system gives them on request, for a large export otherwise costs a page fault for every four
// kilobytes that are remembered of it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}
