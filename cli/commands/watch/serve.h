/*
 * serve.h - looks at a run whenever the browser asks.
 */
#ifndef COMMANDS_WATCH_SERVE_H
#define COMMANDS_WATCH_SERVE_H

struct options;
struct watch;

/* Answers requests until the other side is gone. What the tool would say on standard error is
 * told in the answers. */
void watch_serve(struct watch *watch, const struct options *options, int socket);

#endif
