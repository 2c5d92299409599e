/**
 * @module
 * `--format json`: the findings as one JSON document.
 */
import { describeReuse } from '../../../configuration/policy/reuse-settings.ts';
import { bundleToJson } from '../../bundle-report.ts';
import { jsonText } from '../../json-text.ts';
import { inEnvoy } from '../../kept-in-envoy.ts';
import { problemFields } from '../../reporting/problem-forms.ts';
import { type Findings, isOk, type Report, shown } from '../report.ts';
import type { Form } from './format.ts';

export const asJson: Form = ({ findings, notes }) => `${jsonText(findingsToJson(findings, notes), 2)}\n`;

export const asJsonLine: Form = ({ findings, notes }) => `${jsonText(findingsToJson(findings, notes))}\n`;

function findingsToJson({ reports, bundles, comparison }: Findings, notes: boolean): object {
  return {
    files: reports.map((report) => reportToJson(report, notes)),
    ...(comparison === undefined ? {} : { comparison }),
    ...(bundles.length === 0
      ? {}
      : { bundles: bundles.flatMap(({ path, proxies }) => proxies.map((one) => bundleToJson(path, one))) }),
  };
}

function reportToJson(report: Report, notes: boolean): object {
  const problems = shown(report, notes).map(problemFields);
  const policies = report.policies?.map((policy) => {
    const { name, dialect, requiresCaller, reuse } = policy;
    const kept = inEnvoy(policy, report.keptByEnvoy ?? new Set());
    const envoy = kept === undefined ? {} : { inEnvoy: kept };
    return { name, dialect, requireCaller: requiresCaller, reuse: describeReuse(reuse), ...envoy };
  });
  const known = policies === undefined ? {} : { policies };
  return { file: report.file, dialect: report.dialect, ok: isOk(report), problems, ...known };
}
