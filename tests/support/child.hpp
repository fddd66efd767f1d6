// SPDX-License-Identifier: MIT
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <string>

namespace support {

/// What `body`, in a child of fork(), returns or throws as text. It has half a minute.
template <class Body>
std::string in_child(const Body& body) {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
        static_cast<void>(std::signal(SIGALRM, SIG_DFL));
        alarm(30);
        std::string said;
        try {
            said = body();
        } catch (const std::exception& failure) { said = std::string("throws ") + failure.what(); }
        // Neither the exit functions nor the tests that follow are the child's.
        _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
    }
    close(ends[1]);
    std::string said;
    char part[256];
    for (ssize_t size = 0; (size = read(ends[0], part, sizeof part)) > 0;)
        said.append(part, static_cast<std::size_t>(size));
    close(ends[0]);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return "no child";
    if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
    return said;
}

} // namespace support
