/** Our answers against those of OpenSSH's own `ssh -G`: a table of files, and files of any kind. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { type SshHost, sshHostOf } from "../../provider/ssh/config";
import { asOpenSshShowsIt, askOpenSsh, openSshHome } from "../support/ssh-oracle";

const ALIASES = ["hv1", "hv1.example.net", "Web", "db"];
const ME = userInfo().username;

/** Each is a whole file; `INC` is the path of the file that is included, which sets Port and User. */
const TABLE = [
  "",
  "Host *\n  HostName %h.example.org\n  Port=2222\n  User = admin\n",
  "HostName 100%%.%h\n",
  "HostName 2001:DB8::0001\n",
  "Host hv?\n Port 1\nHost hv1\n Port 2\n User first\nHost *\n User second\n Port 3\n",
  "Host !hv1 *\n Port 1\nHost * !Web\n User x\n",
  "Host web\n Port 1\nHost Web\n Port 2\n",
  "Match host *.example.net\n Port 1\nMatch originalhost hv1,db user *\n Port 2\nMatch all\n Port 3\n",
  `Match user ${ME}\n Port 1\nMatch localuser ${ME}\n User x\nMatch user x\n HostKeyAlias Seen\n`,
  "Host db\n HostName hv1.example.net\nMatch host hv1*,!*.net\n Port 1\nMatch host HV1*\n Port 2\n",
  "Host db\n HostName hv1\nHost hv1\n Port 5\n User y\nMatch final host hv1\n ConnectTimeout 3\n",
  "Match final all\n HostName other\n Port 4\nMatch canonical\n User c\nHost *\n User d\n",
  "IdentityFile ~/.ssh/a\nIdentityFile /b\nHost *\nIdentityFile ~/.ssh/a\nIdentityFile none\n",
  "IdentityFile none\nIdentitiesOnly YES\n",
  "UserKnownHostsFile ~/k %d/%n-%h-%p-%r-%u-%k ${HOME}/x\nHostKeyAlias Alias\nUser x\n",
  "UserKnownHostsFile none\nGlobalKnownHostsFile /a ~/b\nGlobalKnownHostsFile /c\n",
  "UserKnownHostsFile %C %L %l %i %%\n",
  "ProxyJump a\nProxyCommand nc %h %p\n",
  "ProxyCommand none\nProxyJump a\n",
  "Host hv1\n ProxyJump none\nHost *\n ProxyJump me@a:22,b,[::1]:2222\n",
  "ProxyJump ssh://me@a:22\n",
  "ProxyJump a,,b\n",
  "ProxyJump a:0\n",
  "ConnectTimeout none\nConnectTimeout 1h2m3s\nServerAliveInterval 1M30\nServerAliveCountMax 9\n",
  "ConnectTimeout 0\nConnectTimeout 7\nServerAliveInterval none\nServerAliveInterval 2\n",
  "ConnectTimeout 5x\n",
  "StrictHostKeyChecking off\n",
  "StrictHostKeyChecking Accept-New\n",
  "StrictHostKeyChecking maybe\n",
  "Port 70000\n",
  "Port 22 23\n",
  "Port\n",
  "User \"a b\"\nHostKeyAlias 'c d' # e\n",
  'User a\\ b\\"c\\d\\\\e#f\n',
  'User "open\n',
  '  "Port"   2\r\n\tuser=x  \f\n#Port 3\n   # Port 4\n',
  "Include INC\nUser outer\n",
  "Host web\n Include INC\nHost hv1*\n User outer\n Include INC /missing/*\n",
  "Host web\n Include SELF\n",
  "Include INC* INC\nPort 9\n",
  "Include SELF\n",
  "Match host\n Port 2\n",
];

const word = fc.constantFrom("a", "hv1", "db", "Web", "x.example.net", "B.example.net");
const space = fc.constantFrom(" ", "  ", "\t", "=", " = ");
const pattern = fc
  .tuple(
    fc.constantFrom("", "", "", "!"),
    fc.oneof(word, fc.constantFrom("*", "hv?", "*.net", "?*b")),
  )
  .map((parts) => parts.join(""));
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
const criterion = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("host", "originalhost", "user", "localuser", "!host", "!user"),
      patterns.map((some) => some.join(",")),
    )
    .map((parts) => parts.join(" ")),
  fc.constantFrom("final", "canonical", `user ${ME}`, `localuser ${ME}`),
);
const condition = fc.oneof(
  patterns.map((some) => `Host ${some.join(" ")}`),
  fc.array(criterion, { minLength: 1, maxLength: 3 }).map((some) => `Match ${some.join(" ")}`),
  fc.constantFrom("Match all", "Match final all", "Host *"),
);
const time = fc.constantFrom("none", "0", "30", "1m", "1h30M", "2d1", "1x", "-1");
const hop = fc
  .tuple(fc.constantFrom("", "me@", "a@b@"), word, fc.constantFrom("", ":22", ":2222", ":0"))
  .map((parts) => parts.join(""));
const path = fc.constantFrom("/a", "/b/c", '"/d"', "~/.ssh/e", "'/f'", "/g\\\\h", "none");
const value = (keyword: string, values: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom(keyword, keyword.toLowerCase(), keyword.toUpperCase()), space, values);
const setting = fc
  .oneof(
    value("HostName", fc.oneof(word, fc.constantFrom("%h.example.net", "%h%%"))),
    value("Port", fc.constantFrom("22", "2222", "65535", "0022", '"23"')),
    value("User", fc.oneof(word, fc.constantFrom('"a b"', "D\\me", "D\\\\me", "'q\"'", "a\\ b"))),
    value("IdentityFile", path),
    value("IdentitiesOnly", fc.constantFrom("yes", "no", "True", "false")),
    value("HostKeyAlias", word),
    value("UserKnownHostsFile", fc.oneof(path, fc.constantFrom("/a /b", "%d/%n%h%p%r%u%k"))),
    value("StrictHostKeyChecking", fc.constantFrom("yes", "No", "ask", "off", "accept-new", "?")),
    value("ConnectTimeout", time),
    value("ServerAliveInterval", time),
    value("ServerAliveCountMax", fc.constantFrom("0", "3", "10", "x")),
    value(
      "ProxyJump",
      fc.oneof(
        fc.constant("none"),
        fc.array(hop, { minLength: 1, maxLength: 3 }).map((hops) => hops.join(",")),
      ),
    ),
    value("ProxyCommand", fc.constantFrom("none", "nc %h %p")),
  )
  .map((parts) => parts.join(""));
const line = fc
  .tuple(
    fc.constantFrom("", "  ", "\t"),
    fc.oneof(
      { weight: 6, arbitrary: setting },
      { weight: 3, arbitrary: condition },
      fc.constantFrom("", "# x", "Include INC"),
    ),
    fc.constantFrom("", "", " ", "\r"),
  )
  .map((parts) => parts.join(""));
const text = fc.array(line, { maxLength: 14 }).map((lines) => lines.join("\n"));

describe("ssh_config, as ssh -G sees it", function () {
  this.timeout(180_000);
  let folder: string;
  let refused: number;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ssh-config-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** OpenSSH refuses a file for any line of it; we do for those that we would use. */
  function compare(text: string, included: string, alias: string, user?: string): void {
    const [file, inc] = [join(folder, "config"), join(folder, "included")];
    writeFileSync(file, text.replaceAll("INC", inc).replaceAll("SELF", file), { mode: 0o600 });
    writeFileSync(inc, included, { mode: 0o600 });
    const expected = askOpenSsh(file, alias, user);
    const options = { files: [file], home: openSshHome(), ...(user !== undefined && { user }) };
    let found: SshHost;
    try {
      found = sshHostOf(alias, options);
    } catch (error) {
      assert.equal(typeof expected, "string", `only we refuse it: ${String(error)}`);
      return;
    }
    if (typeof expected === "string") refused += 1;
    else assert.deepEqual(asOpenSshShowsIt(found), expected);
  }

  it("agrees about a table of files", () => {
    refused = 0;
    for (const text of TABLE) {
      for (const alias of ALIASES) {
        for (const user of [undefined, "given"]) compare(text, "Port 6\nUser inner\n", alias, user);
      }
    }
    assert.equal(refused, 0, "what OpenSSH refuses here, we refuse");
  });

  it("agrees about files of any kind", () => {
    refused = 0;
    const runs = 60;
    const user = fc.option(fc.constantFrom("given", "a"), { nil: undefined });
    fc.assert(fc.property(text, text, fc.constantFrom(...ALIASES), user, compare), {
      numRuns: runs,
    });
    assert.ok(refused < runs / 2, `${refused} of ${runs} files say nothing`);
  });
});
