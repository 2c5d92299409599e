/**
 * @module
 * The start of the page: it trades the key of the URL for a session, asks what is open, and shows it.
 */
import { type JSX, render } from 'preact';
import { App } from './app.tsx';
import { call } from './call.ts';
import { fromFragment, isLink } from './link.ts';

await start();

async function start(): Promise<void> {
  const root = document.getElementById('page');
  if (root === null) throw new Error('index.html has no place for the page.');
  const fragment = location.hash.slice(1);
  // Neither a key nor a state stays in the address.
  history.replaceState(null, '', '/');
  if (fragment !== '' && !isLink(fragment)) await call('enter', { key: fragment });
  // The session of an earlier key may still be valid, so that only this answer counts.
  const reply = await call('open', {});
  if (reply.kind !== 'answer') {
    render(<Closed message={reply.kind === 'refused' ? reply.message : undefined} />, root);
    return;
  }
  const linked = await fromFragment(fragment);
  const isBadLink = isLink(fragment) && linked === undefined;
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="nonce"]')?.content ?? '';
  render(<App opened={reply.answer} nonce={nonce} linked={linked} isBadLink={isBadLink} />, root);
}

function Closed({ message }: { readonly message: string | undefined }): JSX.Element {
  return (
    <main class="closed">
      <h1>
        mintproc <span>playground</span>
      </h1>
      <p role="alert">{message ?? 'The playground has stopped.'}</p>
      <p>
        Run <code>mintproc playground</code> and open the URL that it prints. The URL has a key after <code>#</code>,
        without which this page may not ask the process.
      </p>
    </main>
  );
}
