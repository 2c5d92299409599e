/**
 * @module
 * What the user has to do so that the caller is known, as sentences for standard error.
 */
import { type EnvoyPart, extAuthz, jwtAuthn, namesOf } from './envoy-part.ts';

/** @param verified what the platform needs for `jwt_authn`, as the end of a sentence */
export function callerNotes({ reads }: Pick<EnvoyPart, 'reads'>, verified: string): readonly string[] {
  const namespaces = namesOf(reads.namespaces);
  const hasToken = namespaces.includes(jwtAuthn);
  // By default, the sources of the caller are both: one of them is enough.
  const others = namespaces.filter((name) => name !== jwtAuthn && !(hasToken && name === extAuthz));
  return [
    ...(hasToken ? [`The caller comes from jwt_authn: ${verified}, or the caller is unknown.`] : []),
    ...(others.length === 0 ? [] : [`A filter must write the metadata that is read: ${others.join(', ')}.`]),
  ];
}
