# npm ci of what the bundle needs, with short time limits. In: NPM, WEB, OUT, MODE. Out: OUT/packages, which says "yes" or "no";
# with MODE=ON a failure is an error. Delete OUT/packages to try again.
file(MAKE_DIRECTORY ${OUT})
foreach(FILE package.json package-lock.json)
  configure_file(${WEB}/${FILE} ${OUT}/${FILE} COPYONLY)
endforeach()
execute_process(COMMAND ${NPM} ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
    --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=2000 --fetch-timeout=15000
  WORKING_DIRECTORY ${OUT} RESULT_VARIABLE STATUS OUTPUT_VARIABLE SAID ERROR_VARIABLE SAID TIMEOUT 180)
if(STATUS EQUAL 0)
  file(WRITE ${OUT}/packages "yes")
elseif(MODE STREQUAL "ON")
  message(FATAL_ERROR "npm ci failed (${STATUS}):\n${SAID}")
else()
  message("HTML reports: the packages of web/ cannot be had (${STATUS}), timelines stand still
delete ${OUT}/packages to try again\n${SAID}")
  file(WRITE ${OUT}/packages "no")
endif()
