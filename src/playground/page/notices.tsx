/**
 * @module
 * What the user must know beside the token: the process has ended, a file was saved or not.
 */
import type { JSX } from 'preact';
import { Icon } from './icon.tsx';
import { Prose } from './prose.tsx';
import type { Connection, Dispatch, State } from './state.ts';

interface NoticesProps {
  readonly state: State;
  readonly dispatch: Dispatch;
  readonly onReread: () => void;
}

export function Notices({ state: { connection, notice }, dispatch, onReread }: NoticesProps): JSX.Element {
  const ended = connectionText(connection);
  return (
    <div class="notices">
      <div role="alert">
        {ended !== undefined && (
          <p class="notice is-error">
            <Icon name="warning" />
            <span>
              <Prose text={ended} />
            </span>
          </p>
        )}
        {notice?.tone === 'error' && (
          <p class="notice is-error">
            <Icon name="warning" />
            <span>
              <Prose text={notice.text} />
            </span>
            {notice.conflict !== undefined && (
              <button type="button" class="button" onClick={onReread}>
                Read the files again
              </button>
            )}
            <Dismiss dispatch={dispatch} />
          </p>
        )}
      </div>
      <div role="status">
        {notice?.tone === 'info' && (
          <p class="notice is-info">
            <Icon name="note" />
            <span>
              <Prose text={notice.text} />
            </span>
            <Dismiss dispatch={dispatch} />
          </p>
        )}
      </div>
    </div>
  );
}

function connectionText(connection: Connection): string | undefined {
  if (connection.kind === 'open') return undefined;
  if (connection.kind === 'refused') return connection.message;
  return 'The playground has stopped: run `mintproc playground` again and open the URL that it prints. What you typed is still here, and Copy link keeps it.';
}

function Dismiss({ dispatch }: { readonly dispatch: Dispatch }): JSX.Element {
  return (
    <button
      type="button"
      class="button is-quiet"
      aria-label="Dismiss"
      onClick={() => dispatch({ kind: 'notice', notice: undefined })}
    >
      <Icon name="close" />
    </button>
  );
}
