/**
 * @module
 * Keeps SIGUSR1 from opening Node's debugger, which answers everybody who can reach 127.0.0.1:9229 and reads every key
 * in the memory. It is imported before everything that takes time. `--disable-sigusr1` closes the moment before it, but
 * in the first line of the program an older Node would refuse it, without the sentence of `node-version.ts`.
 */

/** A debugger is for whoever starts the process with `--inspect`. */
function nothing(): void {}

// A listener takes the place of the one of Node.
process.on('SIGUSR1', nothing);
