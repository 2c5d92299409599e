/**
 * @module
 * What `validate` finds, before a format makes text of it.
 */
import type { ConfigurationDigests } from '../../configuration/configuration-digests.ts';
import type { CompiledPolicy } from '../../configuration/policy/policy-loader.ts';
import { type Problem, problemAt, type Severity } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Bundle } from '../../dialects/apigee/bundle/bundle.ts';
import type { Comparison } from './against.ts';

/** The problems of one file and of the files that it names. */
export interface Report {
  readonly file: string;
  /** `mintproc` for a configuration; null for a file that is no policy. */
  readonly dialect: string | null;
  readonly problems: readonly Problem[];
  /** The policies of a configuration that could be loaded. */
  readonly policies?: readonly CompiledPolicy[];
  /** The names of those whose tokens Envoy may keep. */
  readonly keptByEnvoy?: ReadonlySet<string>;
  /** Digests of a configuration, as far as it could be read. */
  readonly digests?: ConfigurationDigests | undefined;
  /** The files that a configuration was read from, by `keyOf`. */
  readonly parts?: ReadonlySet<string>;
}

export interface ReadBundles {
  /** The folder or archive that the user named. */
  readonly path: string;
  /** Those with a GenerateJWT policy. */
  readonly proxies: readonly Bundle[];
}

/** A whole run. */
export interface Findings {
  readonly reports: readonly Report[];
  readonly bundles: readonly ReadBundles[];
  /** The files on the disk that were checked, also those of which nothing is said, such as the flows of a proxy. */
  readonly files: readonly string[];
  /** Undefined without `--against`. */
  readonly comparison?: Comparison | undefined;
}

export function isOk({ problems }: Report): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}

/** A file or folder that cannot be read is an error of its own: the others are checked. */
export function unreadable(file: string, message: string): Report {
  const problem = problemAt(SourceText.ofFile(file, ''), 0, 'config.unreadable-file', { message });
  return { file, dialect: null, problems: [problem] };
}

/** The problems that a format shows. */
export function shown({ problems }: Report, showsNotes: boolean): readonly Problem[] {
  return showsNotes ? problems : problems.filter(({ severity }) => severity !== 'note');
}

/** `not valid, 2 errors, 1 note (--notes)` */
export function verdictOf(reports: readonly Report[], showsNotes: boolean): string {
  const problems = reports.flatMap((report) => report.problems);
  const number = (wanted: Severity): number => problems.filter(({ severity }) => severity === wanted).length;
  const verdict = number('error') > 0 ? 'not valid' : 'valid';
  const counts = [
    counted(number('error'), 'error'),
    counted(number('warning'), 'warning'),
    counted(number('note'), 'note', showsNotes ? '' : ' (--notes)'),
  ];
  return [verdict, ...counts.filter((count) => count !== '')].join(', ');
}

function counted(number: number, noun: string, hint = ''): string {
  return number === 0 ? '' : `${number} ${noun}${number === 1 ? '' : 's'}${hint}`;
}
