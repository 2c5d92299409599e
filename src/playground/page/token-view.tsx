/**
 * @module
 * One token: encoded, decoded, verified, measured.
 */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ShownCheck, ShownToken, TokenSize } from '../interface.ts';
import { ChangeList } from './change-list.tsx';
import { Icon, type IconName } from './icon.tsx';
import { MemberList } from './member-list.tsx';
import { Prose } from './prose.tsx';
import type { Dispatch } from './state.ts';
import type { Change } from './token-changes.ts';
import { bytesText, limitText, tokenParts } from './words.ts';

interface TokenViewProps {
  readonly token: ShownToken;
  readonly changes: readonly Change[];
  readonly dispatch: Dispatch;
}

export function TokenView({ token, changes, dispatch }: TokenViewProps): JSX.Element {
  const { header, enclosedHeader, claims, output } = token;
  const of = (part: Change['part']): readonly Change[] => changes.filter((change) => change.part === part);
  return (
    <>
      <Encoded text={token.text} />
      <p class="quiet">
        In the header <code>{output.header}</code>
        {output.prefix !== '' && (
          <>
            {' '}
            after <code>{output.prefix.trim()}</code>
          </>
        )}
        . <Prose text={token.reuse} isSentence />
      </p>
      <ChangeList changes={changes} />
      <h4 class="part-title is-header">Header</h4>
      <MemberList label="Header parameters" members={header} changes={of('header')} dispatch={dispatch} />
      {enclosedHeader && (
        <>
          <h4 class="part-title is-header">Header of the enclosed token</h4>
          <MemberList label="Header parameters inside" members={enclosedHeader} changes={[]} dispatch={dispatch} />
        </>
      )}
      <h4 class="part-title is-claims">Claims</h4>
      <MemberList label="Claims" members={claims} changes={of('claims')} dispatch={dispatch} />
      <h4 class="part-title is-signature">Verification</h4>
      <Verification {...token.verification} />
      <h4 class="part-title is-size">Size</h4>
      <Size {...token.size} />
    </>
  );
}

/** Characters from which a token is folded. */
const longToken = 480;

function Encoded({ text }: { readonly text: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > longToken;
  return (
    <div class="encoded">
      <dl>
        {tokenParts(text).map(({ label, kind, text: part }) => (
          <div key={label} class={`encoded-part is-${kind}`}>
            <dt>{label}</dt>
            <dd class={isLong && !isOpen ? 'is-folded' : ''}>{part}</dd>
          </div>
        ))}
      </dl>
      {isLong && (
        <button type="button" class="button is-quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
        </button>
      )}
    </div>
  );
}

const checkIcons: Readonly<Record<ShownCheck['result'], IconName>> = { pass: 'pass', fail: 'fail', note: 'note' };
const checkWords: Readonly<Record<ShownCheck['result'], string>> = { pass: 'Passed', fail: 'Failed', note: 'Note' };

function Verification({ isValid, checks }: ShownToken['verification']): JSX.Element {
  return (
    <details class="fold" open={!isValid}>
      <summary>
        <span class={`verdict ${isValid ? 'is-good' : 'is-bad'}`}>
          <Icon name={isValid ? 'pass' : 'fail'} />
          {isValid ? 'Verified' : 'Not verified'}
        </span>
        <span class="quiet">{checks.length === 1 ? '1 check' : `${checks.length} checks`}</span>
      </summary>
      <ul class="checks">
        {checks.map(({ name, result, message }) => (
          <li key={name} class={`check is-${result}`}>
            <Icon name={checkIcons[result]} />
            <span class="unseen">{checkWords[result]}: </span>
            <span class="check-name">{name}</span>
            <span>
              <Prose text={message} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Size({ tokenBytes, headerBytes, limits }: TokenSize): JSX.Element {
  const exceeded = limits.filter(({ isExceeded }) => isExceeded).length;
  const verdict = exceeded === 0 ? 'fits usual servers' : `exceeds ${exceeded} of ${limits.length} usual limits`;
  return (
    <details class="fold" open={exceeded > 0}>
      <summary>
        <span class={`verdict ${exceeded === 0 ? 'is-good' : 'is-bad'}`}>
          <Icon name={exceeded === 0 ? 'pass' : 'warning'} />
          {bytesText(tokenBytes)}
        </span>
        <span class="quiet">
          header of {bytesText(headerBytes)}, {verdict}
        </span>
      </summary>
      <table class="limits">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">Takes</th>
            <th scope="col">Used</th>
          </tr>
        </thead>
        <tbody>
          {limits.map(({ server, bytes, isExceeded }) => (
            <tr key={server} class={isExceeded ? 'is-bad' : ''}>
              <td>{server}</td>
              <td>{limitText(bytes)}</td>
              <td>
                {Math.ceil((headerBytes / bytes) * 100)} %{isExceeded ? ', too large' : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
