/* What getaddrinfo gives libpq (fe-connect.c's hints: any family, SOCK_STREAM, no flags) for each name, in a process of
   its own, so that nothing is learned from one for the next. A line each: name, tab, status, tab, sorted unique
   addresses. Usage: getaddrinfo_judge NAME... */
#define _GNU_SOURCE
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_addresses = 1024, most_text = 65536, at_a_time = 16 };

static int by_text(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void add(char* line, const char* text) { strncat(line, text, most_text - strlen(line) - 1); }

static int judge(const char* name) {
  static char line[most_text];
  struct addrinfo hints = {0}, *found = NULL;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  const int error = getaddrinfo(name, "5432", &hints, &found);
  char* addresses[most_addresses];
  size_t count = 0;
  for (struct addrinfo* one = found; one && count < most_addresses; one = one->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
      addresses[count++] = strdup(text);
  }
  qsort(addresses, count, sizeof *addresses, by_text);
  add(line, name);
  add(line, "\t");
  add(line, error ? gai_strerror(error) : "ok");
  add(line, "\t");
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && strcmp(addresses[i], addresses[i - 1]) == 0) continue;
    if (i > 0) add(line, " ");
    add(line, addresses[i]);
  }
  add(line, "\n");
  /* One write: lines of several processes do not mix. */
  return write(STDOUT_FILENO, line, strlen(line)) == (ssize_t)strlen(line) ? 0 : 1;
}

int main(int argc, char** argv) {
  int failed = 0, running = 0, status = 0;
  for (int i = 1; i < argc; ++i) {
    if (running == at_a_time && wait(&status) > 0) {
      failed |= status != 0;
      --running;
    }
    const pid_t child = fork();
    if (child == 0) _exit(judge(argv[i]));
    failed |= child < 0;
    running += child > 0;
  }
  while (wait(&status) > 0) failed |= status != 0;
  return failed;
}
