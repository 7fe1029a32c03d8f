declare module "unbzip2-stream" {
  /** Takes bzip2, gives what is in it. */
  function unbzip2Stream(): NodeJS.ReadWriteStream;
  export = unbzip2Stream;
}
