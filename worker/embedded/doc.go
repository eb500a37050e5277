// Package embedded runs PostgreSQL and Redis for those who have none running.
//
// PostgreSQL is a local installation's server started as a direct child of
// this process: it listens on a unix socket only, so it needs neither a port
// nor a password, and it keeps its files in one directory. On Linux it dies
// with its parent, even on kill -9. Elsewhere it outlives a killed parent, and
// the next start attaches to it. As root, where PostgreSQL refuses to run, it
// runs under another account.
//
// Redis is miniredis, inside this process and in memory only. That is enough
// because the tables hold the truth and Redis only nudges.
package embedded
