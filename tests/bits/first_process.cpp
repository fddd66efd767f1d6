// SPDX-License-Identifier: MIT
//
// The first and only process of a Linux that Bochs runs, see on_bochs: runs /program and passes on what it prints, byte by
// byte to the port that Bochs prints from. Then what it said on standard error and a line with its exit status, and the
// machine is switched off.

#include <fcntl.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace {

constexpr unsigned short console = 0xe9;
constexpr unsigned short power = 0x8900;

void put(std::string_view text, unsigned short port = console) {
    for (const char letter : text) outb(static_cast<unsigned char>(letter), port);
}

void put_all(int from) {
    static std::array<char, 65536> bytes;
    for (ssize_t count = 0; (count = read(from, bytes.data(), bytes.size())) > 0;)
        put({bytes.data(), static_cast<std::size_t>(count)});
}

} // namespace

int main() {
    std::array<int, 2> ends{};
    if (iopl(3) != 0 || pipe(ends.data()) != 0) return 1;
    const int errors = open("/errors", O_RDWR | O_CREAT, 0600);
    put("\n@begin\n");
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/program", "/program", static_cast<char*>(nullptr));
        _exit(127);
    }
    close(ends[1]);
    put_all(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    put("@errors\n");
    lseek(errors, 0, SEEK_SET);
    put_all(errors);
    put("@end " + std::to_string(code) + "\n");
    put("Shutdown", power);
    for (;;) pause();
}
