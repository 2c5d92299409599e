/**
 * @module
 * `mintproc validate`: reports all problems of configurations and policies.
 */
import { diskFiles, type FileReader } from '../configuration/files.ts';
import { isExportFile } from '../dialects/exports.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { isArchiveName } from './export-files.ts';
import { statOf } from './folder-files.ts';
import { helpHint } from './help-hint.ts';
import { repositoryOf } from './reporting/github-annotation.ts';
import { type Terminal, UsageError } from './terminal.ts';
import { type Comparison, compare } from './validate/against.ts';
import { checkPaths } from './validate/check-paths.ts';
import type { Form, Format } from './validate/formats/format.ts';
import { formatNamed, formats } from './validate/formats/index.ts';
import { type Findings, isOk, shown } from './validate/report.ts';
import { watchPaths } from './watching/watch-paths.ts';

const help = `Usage: mintproc validate FILE… [--strict] [--notes] [--ask-services] [--against OLD.yaml]
                         [--format text|json|junit|github] [--watch]

Checks mintproc.yaml files with every policy and key that they name, or single policy files. It shows all problems, each
with its place, a stable code and what to write instead.

FILE may also be a folder or a .zip: every policy file and mintproc.yaml in it is checked, also those in archives. Of an
Apigee proxy (apiproxy/), the GenerateJWT policies are listed with the flows that call them, where their tokens go, and
a section to paste into mintproc.yaml.

  --strict       every warning that \`allow\` does not name is an error, as with \`strict: true\` in the configuration
  --notes        also shows what is worth knowing, and warnings that \`allow\` names
  --ask-services asks Vault, AWS KMS or the HSM for the keys that they hold, and lets each sign a probe; without it, these
                 keys are not checked, and no network is needed
  --against OLD  the mintproc.yaml that FILE would replace: lists the policies, keys, routes, variables and settings that
                 would be added, removed or changed
  --watch        checks again after every save and prints one line for it, until it is ended with Ctrl-C
  --format FORM  text (default); json: {"files": [{file, dialect, ok, problems: [{code, severity, message, line, column}]}]};
                 junit: JUnit XML; github: annotations of GitHub Actions

The exit code is 1 if a file has an error or cannot be read. Warnings (without --strict), notes and differences do not
change it. docs/rules.md lists all warnings and notes.`;

export const validateCommand: Command = {
  help,
  options: {
    format: { type: 'string' },
    against: { type: 'string' },
    strict: { type: 'boolean' },
    notes: { type: 'boolean' },
    'ask-services': { type: 'boolean' },
    watch: { type: 'boolean' },
  },
  formats: Object.keys(formats),
  async run(args, terminal) {
    if (args.positionals.length === 0) throw new UsageError('At least one file is required.');
    const run = new Run(args, terminal);
    if (args.values['watch'] === true) return run.watch();
    const findings = await run.check(diskFiles);
    run.print(run.format.whole, findings);
    run.tellHelp(findings);
    return exitCodeOf(findings);
  },
};

function exitCodeOf({ reports }: Findings): number {
  return reports.every(isOk) ? 0 : 1;
}

/** One command line. */
class Run {
  readonly format: Format;
  readonly #args: Arguments;
  readonly #terminal: Terminal;

  constructor(args: Arguments, terminal: Terminal) {
    this.format = formatNamed(stringOption(args, 'format') ?? 'text') ?? formats.text;
    this.#args = args;
    this.#terminal = terminal;
  }

  async check(files: FileReader): Promise<Findings> {
    const { environment, now } = this.#terminal;
    const { values } = this.#args;
    const options = {
      strict: values['strict'] === true,
      asksServices: values['ask-services'] === true,
      environment,
      now: now(),
      files,
    };
    const found = await checkPaths(this.#args.positionals, options);
    const old = stringOption(this.#args, 'against');
    const comparison = old === undefined ? undefined : compareWith(old, found, options);
    return { ...found, comparison };
  }

  print(form: Form, findings: Findings): void {
    const notes = this.#args.values['notes'] === true;
    const { environment, now } = this.#terminal;
    this.#terminal.out(form({ findings, notes, folder: repositoryOf(environment), time: new Date(now()) }));
  }

  tellHelp({ reports }: Findings): void {
    if (this.format !== formats.text) return;
    const problems = reports.flatMap((report) => shown(report, this.#args.values['notes'] === true));
    const hint = helpHint(problems, this.#terminal);
    if (hint !== undefined) this.#terminal.error(hint);
  }

  /** Until the user ends it. @throws UsageError if it cannot be watched */
  async watch(): Promise<number> {
    const { positionals: paths, values } = this.#args;
    const { watch: forms } = this.format;
    if (forms === undefined) throw new UsageError('--watch prints text or json.');
    if (values['against'] !== undefined) throw new UsageError('--watch does not compare. Leave out --against.');
    if (paths.some(isStream)) throw new UsageError('--watch needs files and folders, not a pipe or device.');
    let form = forms.first;
    const last = await watchPaths(
      {
        paths,
        wanted: (name) => isExportFile(name) || isArchiveName(name),
        check: (files) => this.check(files),
        print: (findings) => {
          this.print(form, findings);
          form = forms.next;
        },
      },
      this.#terminal,
    );
    return exitCodeOf(last);
  }
}

/** Undefined if the new configuration cannot be read; its problems then say why. */
function compareWith(
  old: string,
  { reports }: Pick<Findings, 'reports'>,
  { environment, now }: Pick<Terminal, 'environment'> & { readonly now: number },
): Comparison | undefined {
  const [configuration, second] = reports.filter(({ dialect }) => dialect === 'mintproc');
  if (configuration === undefined || second !== undefined) {
    throw new UsageError('--against needs exactly one new mintproc.yaml as FILE.');
  }
  const { digests, problems } = configuration;
  return digests && compare(old, { digests, problems }, { environment }, now);
}

/** It is read once; a second check would find nothing. */
function isStream(path: string): boolean {
  const stat = statOf(path);
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}
