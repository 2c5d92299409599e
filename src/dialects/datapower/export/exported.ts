/**
 * @module
 * Reads what API Connect exports: API files, products that name them, and folders or archives of both.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import { Problems } from '../../../diagnostics/problem.ts';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { DocumentFile } from '../../../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../../../documents/located-yaml.ts';
import type { ExportedApi, ExportedPolicy, ExportFile } from '../../exported.ts';
import { placeOfApi } from '../api-place.ts';
import { datapower } from '../dialect.ts';
import { harmless } from '../harmless.ts';
import { exportedPolicies } from './policies.ts';

/** The APIs whose assemblies have a `jwt-generate`. */
export function readDatapowerExport(files: readonly ExportFile[]): readonly ExportedApi[] {
  const known = new Set<string>();
  return files.flatMap((file) => {
    if (!/\.(?:ya?ml|json)$/i.test(file.name) || !datapower.recognises(file.text) || known.has(file.text)) return [];
    known.add(file.text);
    return readApiFile(file);
  });
}

function readApiFile(file: ExportFile): readonly ExportedApi[] {
  const problems = new Problems();
  const opened = new DocumentFile(SourceText.ofFile(file.path, file.text));
  opened.describe(harmless);
  const documents = readYaml(opened, problems, 'policy.syntax');
  const broken = problems.all.filter(({ severity }) => severity === 'error');
  if (broken.length > 0) return [{ name: file.name, policies: [unreadable(file, broken)] }];
  const policies = documents.flatMap((document) => exportedPolicies({ file, document }, documents.length === 1));
  const [first] = documents;
  return policies.length === 0 || first === undefined ? [] : [{ name: nameOf(first, file), policies }];
}

function unreadable(file: ExportFile, problems: Problems['all']): ExportedPolicy {
  const [first] = problems;
  return {
    file,
    place: first?.place ?? { file: file.path, line: 1, column: 1 },
    name: 'jwt-generate',
    dialect: 'datapower',
    select: undefined,
    reasons: problems.map((problem) => ({ kind: 'cannot', problem })),
    routes: [],
    output: undefined,
    entry: {},
    variables: [],
    keys: [],
  };
}

function nameOf(document: LocatedYaml, file: ExportFile): string {
  const { value } = placeOfApi(document.value);
  const info = isRecord(value['info']) ? value['info'] : {};
  const name = info['x-ibm-name'] ?? info['title'];
  const { version } = info;
  if (typeof name !== 'string') return file.name;
  return typeof version === 'string' ? `${name} ${version}` : name;
}
