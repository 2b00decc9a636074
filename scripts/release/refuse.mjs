// `npm publish` in a folder of the clone would publish links that lead nowhere, without a licence for the emulator.
process.stderr.write("Publish the tarballs that `npm run pack` writes. CONTRIBUTING.md, section Release, says how.\n");
process.exitCode = 1;
