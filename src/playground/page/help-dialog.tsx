/**
 * @module
 * What the page does, and its shortcuts.
 */
import type { JSX } from 'preact';
import { Dialog } from './dialog.tsx';

const shortcuts: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['?'], 'this help, outside of text fields'],
  [['F6'], 'the next pane; with Shift, the one before'],
  [['Ctrl', 'Enter'], 'run now'],
  [['Ctrl', 'S'], 'save the file of the folder'],
  [['Escape', 'Tab'], 'leave the editor'],
  [['Ctrl', 'Space'], 'complete'],
  [['F8'], 'the next problem in the editor'],
  [['Ctrl', 'F'], 'find in the editor'],
];

interface HelpDialogProps {
  readonly version: string;
  readonly onClose: () => void;
}

export function HelpDialog({ version, onClose }: HelpDialogProps): JSX.Element {
  return (
    <Dialog title="Help" onClose={onClose}>
      <p>
        Change a policy, the request or its caller: the token follows. Each claim leads to the expression that made it.
        The code that answers is the code of <code>mintproc serve</code>, in a process on this machine.
      </p>
      <h3>Shortcuts</h3>
      <dl class="shortcuts">
        {shortcuts.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>On a Mac, use Command instead of Ctrl; completion stays Ctrl Space.</p>
      <h3>Links</h3>
      <p>
        <b>Copy link</b> puts everything that you see into the link itself. No key is in it, and no server gets it.
        Opening a link never touches the opened folder.
      </p>
      <p class="quiet">mintproc {version}</p>
    </Dialog>
  );
}
