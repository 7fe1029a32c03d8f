/** What is used of des.js, which brings no types. */
declare module "des.js" {
  interface State {
    update(data: Uint8Array): number[];
    final(): number[];
  }
  interface Options {
    type: "decrypt" | "encrypt";
    key: Uint8Array;
    iv: Uint8Array;
    padding: boolean;
  }
  interface Block {
    readonly name: string;
  }
  const des: {
    DES: Block;
    EDE: Block;
    CBC: { instantiate(block: Block): { create(options: Options): State } };
  };
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS
  export default des;
}
