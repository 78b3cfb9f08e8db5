#include "src/live/secret.hpp"

#include <openssl/crypto.h>

namespace tunnelscope::live {

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace tunnelscope::live
