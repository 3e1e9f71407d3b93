#define _GNU_SOURCE
/* A container that answers at once: /ping and /invocations with a constant, a thread for each connection. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 3\r\n\r\n0.5";

static void *serve(void *argument)
{
    int connection = (int)(intptr_t)argument;
    char buffer[65536];
    size_t length = 0;
    for (;;) {
        ssize_t got = recv(connection, buffer + length, sizeof buffer - 1 - length, 0);
        if (got <= 0)
            break;
        length += (size_t)got;
        buffer[length] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (!end)
            continue;
        char *body = strcasestr(buffer, "\r\ncontent-length:");
        size_t whole = (size_t)(end + 4 - buffer) + (body && body < end ? strtoul(body + 17, NULL, 10) : 0);
        if (length < whole)
            continue;
        length = 0;
        if (send(connection, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0)
            break;
    }
    close(connection);
    return NULL;
}

int main(void)
{
    const char *port = getenv("SAGEMAKER_BIND_TO_PORT");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port ? port : "8080"))};
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128))
        return 1;
    for (;;) {
        pthread_t thread;
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            continue;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection))
            close(connection);
        else
            pthread_detach(thread);
    }
}
