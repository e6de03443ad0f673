// How foleyd's allocator, jemalloc, is set up. It reads this symbol before main.
//
// An event is allocated by the thread that received or read it and let go by another. With an arena for each thread,
// the library's default, all that memory has to find its way back; in one arena it is used again at once, and less of
// it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:1";
}
