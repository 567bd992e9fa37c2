// fontconfig reaches the parts of its patterns by offsets instead of pointers, so LeakSanitizer takes what fontconfig
// still holds at exit for lost. Called by the sanitizer's runtime, by nothing else.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}
