# What is installed and what the Debian package holds. The man page and the completions are printed by the program
# itself from its table of options, so they cannot differ from it.
include(GNUInstallDirs)

set(PROGRAM_DOCS ${PROJECT_BINARY_DIR}/generated/docs)
set(PRINTED)
foreach(PAIR "man>tunnelscope.1" "completions bash>tunnelscope.bash" "completions zsh>_tunnelscope"
             "completions fish>tunnelscope.fish")
  string(REGEX MATCH "^(.*)>(.*)$" _ "${PAIR}")
  set(FILE ${PROGRAM_DOCS}/${CMAKE_MATCH_2})
  separate_arguments(WORDS UNIX_COMMAND "${CMAKE_MATCH_1}")
  add_custom_command(OUTPUT ${FILE}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROGRAM_DOCS}
    COMMAND tunnelscope ${WORDS} --output ${FILE}
    DEPENDS tunnelscope VERBATIM COMMENT "Printing ${CMAKE_MATCH_2}")
  list(APPEND PRINTED ${FILE})
endforeach()
add_custom_target(program_docs ALL DEPENDS ${PRINTED})

install(TARGETS tunnelscope RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROGRAM_DOCS}/tunnelscope.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROGRAM_DOCS}/tunnelscope.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME tunnelscope)
install(FILES ${PROGRAM_DOCS}/_tunnelscope DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${PROGRAM_DOCS}/tunnelscope.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/schema/ DESTINATION ${CMAKE_INSTALL_DATADIR}/tunnelscope
        FILES_MATCHING PATTERN "*.schema.json")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tunnelscope)
set(CPACK_PACKAGE_CONTACT "tunnelscope maintainers <maintainers@tunnelscope.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Tells from their logs why VPN tunnels fail")
set(CPACK_PACKAGE_DESCRIPTION "Reads exports of AWS Site-to-Site VPN logs and says which tunnels are ill, since when,
why, on which evidence, who has to do what about it, and how to see that it worked.
It needs neither network nor credentials.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS libcurl4)  # loaded when it is needed, so that no list of libraries shows it
include(CPack)
