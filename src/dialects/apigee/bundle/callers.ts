/**
 * @module
 * Variables that the policies which check the caller set, and that `as: apigee` fills here.
 */
import { isPrivate } from '../../private-names.ts';
import { isCallerVariable } from '../caller-variables.ts';
import { textIn } from '../xml-parts.ts';
import type { NeededVariable } from './needed.ts';
import type { BundlePolicy } from './settings.ts';

/** Names that only these policies set. The others, such as `scope`, are also set by scripts. */
const ownNames = /^(?:apigee|developer|verifyapikey|oauthv2accesstoken|AccessEntity)\./;

/** Whether the variable comes from the caller, and from nothing else. */
export function isOfCaller({ name, use, value, own, setters }: NeededVariable): boolean {
  if (use === 'secret' || isPrivate(name) || !isCallerVariable(name)) return false;
  if (value !== undefined || own.length > 0) return false;
  const named = setters.filter(({ setting }) => setting.target.kind !== 'any').map(({ policy }) => policy);
  return named.every((policy) => checksCaller(policy, name)) && (named.length > 0 || ownNames.test(name));
}

/** An OAuthV2 that issues a token knows the client that asks for it; the rest is that of the new token. */
function checksCaller({ kind, root }: BundlePolicy, name: string): boolean {
  if (kind === 'OAuthV2') return textIn(root, 'Operation') === 'VerifyAccessToken' || !ofToken.test(name);
  return kind === 'VerifyAPIKey' || kind === 'AccessEntity';
}

const ofToken = /(?:^|\.)(?:scope$|grant_type$|accesstoken\.)/;
