"""A plugin of the test server that reads files, compiled against the server's own jars."""

import shutil
import subprocess
import zipfile
from pathlib import Path

from tools.neo4j_server import COMPILER, JARS, CannotStart
from tools.prerequisites import find

SOURCE = Path(__file__).with_name("Outside.java")


def build(folder: Path) -> Path:
    """`folder`, with the plugin's jar in it. Raises CannotStart where there is no Java or no compiler."""
    java, compiler = find("java"), next(COMPILER.glob("ecj-*.jar"), None)
    if java is None or compiler is None:
        raise CannotStart(
            f"Java and the compiler in {COMPILER} are needed: `make .neo4j/.installed` fetches it."
        )
    classes = folder / "classes"
    jars = ":".join(map(str, JARS.glob("*procedure-api*.jar")))
    command = [java, "-jar", str(compiler), "-17", "-proc:none", "-cp", jars, "-d", str(classes), str(SOURCE)]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)
    if compiled.returncode:
        raise CannotStart(f"The test plugin does not compile: {compiled.stderr}")
    with zipfile.ZipFile(folder / "outside.jar", "w") as jar:
        for file in sorted(classes.iterdir()):
            jar.write(file, file.name)
    shutil.rmtree(classes)
    return folder
