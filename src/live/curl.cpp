// libcurl, loaded when it is first called: with the thirty libraries behind it it takes longer to load than a short log to diagnose, and
// most runs ask nobody. In: calls of what <curl/curl.h> declares, as far as it is used here. Out: what libcurl answers, or failure when it
// is not installed.
#include <curl/curl.h>

#include <dlfcn.h>

#include <cstdarg>

namespace {

void* library() {
  static void* const loaded = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  return loaded;
}

// The function of this name; nullptr: there is none. `Declared` is how <curl/curl.h> declares it.
template <class Declared>
Declared* function(const char* name) {
  return library() == nullptr ? nullptr : reinterpret_cast<Declared*>(dlsym(library(), name));
}

template <class Declared>
struct First;
template <class Result, class Argument, class... Others>
struct First<Result(Argument, Others...)> {
  using type = Argument;
};

}  // namespace

// Each name stands in parentheses, for some are macros too.
#define LOADED(name) static auto* const loaded = function<decltype(name)>(#name)

extern "C" {

CURLcode(curl_global_init)(long flags) {
  LOADED(curl_global_init);
  return loaded == nullptr ? CURLE_FAILED_INIT : loaded(flags);
}

CURL*(curl_easy_init)() {
  LOADED(curl_easy_init);
  return loaded == nullptr ? nullptr : loaded();
}

// The kind of an option's argument shows in its number (CURLOPTTYPE_..., curl_easy_setopt(3)).
CURLcode(curl_easy_setopt)(CURL* handle, CURLoption option, ...) {
  LOADED(curl_easy_setopt);
  if (loaded == nullptr) return CURLE_FAILED_INIT;
  std::va_list arguments;
  va_start(arguments, option);
  CURLcode code = CURLE_OK;
  if (option < CURLOPTTYPE_OBJECTPOINT) code = loaded(handle, option, va_arg(arguments, long));
  else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB) code = loaded(handle, option, va_arg(arguments, curl_off_t));
  else code = loaded(handle, option, va_arg(arguments, void*));
  va_end(arguments);
  return code;
}

// All arguments are pointers.
CURLcode(curl_easy_getinfo)(CURL* handle, CURLINFO info, ...) {
  LOADED(curl_easy_getinfo);
  if (loaded == nullptr) return CURLE_FAILED_INIT;
  std::va_list arguments;
  va_start(arguments, info);
  const CURLcode code = loaded(handle, info, va_arg(arguments, void*));
  va_end(arguments);
  return code;
}

CURLcode(curl_easy_perform)(CURL* handle) {
  LOADED(curl_easy_perform);
  return loaded == nullptr ? CURLE_FAILED_INIT : loaded(handle);
}

void(curl_easy_reset)(CURL* handle) {
  LOADED(curl_easy_reset);
  if (loaded != nullptr) loaded(handle);
}

void(curl_easy_cleanup)(CURL* handle) {
  LOADED(curl_easy_cleanup);
  if (loaded != nullptr) loaded(handle);
}

const char*(curl_easy_strerror)(CURLcode code) {
  LOADED(curl_easy_strerror);
  return loaded == nullptr ? "libcurl is not installed" : loaded(code);
}

curl_slist*(curl_slist_append)(curl_slist* list, const char* text) {
  LOADED(curl_slist_append);
  return loaded == nullptr ? nullptr : loaded(list, text);
}

void(curl_slist_free_all)(curl_slist* list) {
  LOADED(curl_slist_free_all);
  if (loaded != nullptr) loaded(list);
}

CURLU*(curl_url)() {
  LOADED(curl_url);
  return loaded == nullptr ? nullptr : loaded();
}

CURLUcode(curl_url_set)(CURLU* url, CURLUPart part, const char* text, unsigned flags) {
  LOADED(curl_url_set);
  return loaded == nullptr ? CURLUE_BAD_HANDLE : loaded(url, part, text, flags);
}

// Versions differ in whether what is asked is constant.
CURLUcode(curl_url_get)(First<decltype(curl_url_get)>::type url, CURLUPart part, char** text, unsigned flags) {
  LOADED(curl_url_get);
  return loaded == nullptr ? CURLUE_BAD_HANDLE : loaded(url, part, text, flags);
}

void(curl_url_cleanup)(CURLU* url) {
  LOADED(curl_url_cleanup);
  if (loaded != nullptr) loaded(url);
}

void(curl_free)(void* memory) {
  LOADED(curl_free);
  if (loaded != nullptr) loaded(memory);
}

}  // extern "C"
