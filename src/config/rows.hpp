// The rows of readers.cpp, one a reader, each defined in the reader's own file. Internal to src/config/.
#pragma once
#include "src/config/readers.hpp"

namespace tunnelscope::config {

extern const Kind kAwsDescribe;
extern const Kind kTerraformPlan, kTerraformState;
extern const Kind kCloudFormation;
extern const Kind kCustomerGatewayXml;
extern const Kind kStrongSwanSwanctl;
extern const Kind kStrongSwanIpsecConf;
extern const Kind kLibreswanIpsecConf;
extern const Kind kIpsecSecrets;
extern const Kind kCiscoIos;
extern const Kind kJuniper;
extern const Kind kNeutralYaml;

}  // namespace tunnelscope::config
