/**
 * @module
 * Checks of `sds` across entries: each file is that of one entry, and a route with such a policy has nothing else that
 * only mintproc could do for a request. Envoy does not call it there.
 */
import { resolve } from 'node:path';
import type { Problems } from '../diagnostics/problem.ts';
import type { Configuration } from './configuration.ts';
import { type Placed, type Report, reportIn } from './configuration-part.ts';
import type { PolicyEntry, RouteEntry } from './configuration-schema.ts';
import { placeOnDisk, resolveFrom } from './files.ts';

type WithFile = Placed<PolicyEntry> & { readonly entry: { readonly sds: NonNullable<PolicyEntry['sds']> } };

export function checkTokenFiles({ policies, routes, settings }: Configuration, problems: Problems): void {
  const withFile = policies.filter((policy): policy is WithFile => policy.entry.sds !== undefined);
  if (withFile.length === 0) return;
  checkDistinct(withFile, problems);
  if (settings !== undefined && settings.log.audit !== false) {
    for (const policy of withFile) {
      reportIn(policy, problems)(['sds'], 'sds.contradiction', {
        message:
          'The audit log has a line for each token (`log.audit`), and requests with the token of a file have none.',
        suggestion: 'Remove `sds`, or `audit`.',
      });
    }
  }
  const names = new Set(withFile.map(({ entry }) => entry.name));
  for (const route of routes) checkRoute(route.entry, names, reportIn(route, problems));
}

function checkDistinct(policies: readonly WithFile[], problems: Problems): void {
  /** By the place on the disk. */
  const owners = new Map<string, { readonly name: string; readonly written: string }>();
  for (const policy of policies) {
    const { name, sds } = policy.entry;
    const written = resolve(resolveFrom(policy.origin.folder, sds.file));
    const path = placeOnDisk(written);
    const owner = owners.get(path);
    if (owner === undefined) {
      owners.set(path, { name, written });
      continue;
    }
    const link = owner.written === written ? '' : ' A folder of the two paths is a link.';
    reportIn(policy, problems)(['sds', 'file'], 'sds.duplicate-file', {
      message: `The token of the policy \`${owner.name}\` is in this file, too.${link}`,
      suggestion: 'Write another file for each policy.',
    });
  }
}

function checkRoute(route: RouteEntry, names: ReadonlySet<string>, report: Report): void {
  const { policies = [], requireCaller, variables = {} } = route;
  const index = policies.findIndex((name) => names.has(name));
  const name = policies[index];
  if (name === undefined) return;
  if (policies.length > 1) {
    report(['policies', index], 'sds.contradiction', {
      message: `The route has other policies beside \`${name}\`. While Envoy has a token from a file, it does not call mintproc for the others.`,
      suggestion: 'Give the policy a route of its own, or remove `sds` from its entry.',
    });
  }
  if (requireCaller === true) {
    report(['requireCaller'], 'sds.contradiction', {
      message: `Envoy gives the token of \`${name}\` to every request of the route, also without a caller.`,
      suggestion: 'Remove `requireCaller` if a filter of Envoy refuses requests without a caller, or remove `sds`.',
    });
  }
  if (Object.keys(variables).length > 0) {
    report(['variables'], 'sds.contradiction', {
      message: `The file has one token of \`${name}\` for all of its routes, so a route cannot have variables of its own.`,
      suggestion: 'Write a second entry for the policy file, with these variables and its own `sds`.',
    });
  }
}
