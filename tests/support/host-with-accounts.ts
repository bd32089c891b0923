/** An sshd whose host has accounts, login shells and a sudoers of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OwnEtc } from "./own-etc";
import { Sshd, type SshdOptions } from "./sshd";

export class HostWithAccounts {
  private constructor(
    readonly folder: string,
    readonly etc: OwnEtc,
    readonly sshd: Sshd,
  ) {}

  static async start(options: SshdOptions = {}): Promise<HostWithAccounts> {
    const folder = mkdtempSync(join(tmpdir(), "pmv-host-"));
    const etc = new OwnEtc(folder);
    const sshd = await Sshd.start({ hostKeyTypes: ["ed25519"], ...options, by: etc.inside });
    return new HostWithAccounts(folder, etc, sshd);
  }

  stop(): void {
    this.sshd.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
