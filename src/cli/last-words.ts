/**
 * @module
 * What a process says of an error that nobody has caught, before it ends: the class and the places. What Node prints
 * itself has the message and every member of the error, which may quote a claim, a header or a key. It is imported
 * before everything that may fail.
 */
import { describeDefect } from '../diagnostics/defect.ts';

/** For rejected promises too. */
function sayLast(error: unknown): void {
  const { name, stack } = describeDefect(error);
  process.stderr.write(`mintproc: Unexpected error (a defect in mintproc); please report it. ${name}\n${stack}\n`);
  process.exit(1);
}

process.on('uncaughtException', sayLast);
