/** Name and version of the program; a test holds the version equal to that of package.json. */

export const toolName = "ike-dupcheck";
export const version = "0.1.0";
