// Imports a package in a process that has done nothing yet, and tells the milliseconds of a processor that took.
const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const before = spent();
await import(process.argv[2]);
console.log(spent() - before);
