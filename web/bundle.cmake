# In: NODE, WEB, OUT with its packages. Out: OUT/page.js, one script; empty when there are no packages.
file(READ ${OUT}/packages ANSWER)
if(NOT ANSWER STREQUAL "yes")
  file(WRITE ${OUT}/page.js "")
  return()
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${OUT}/node_modules ${NODE} ${WEB}/bundle.mjs ${OUT}/node_modules ${OUT}/page.js
  WORKING_DIRECTORY ${WEB} RESULT_VARIABLE STATUS)
if(NOT STATUS EQUAL 0)
  message(FATAL_ERROR "the script of HTML reports could not be bundled")
endif()
