"""A plugin of the test server that reads files, compiled against the server's own jars."""

import shutil
import subprocess
import zipfile
from pathlib import Path

from tools.neo4j_server import JARS, CannotStart

SOURCE = Path(__file__).with_name("Outside.java")


def build(folder: Path) -> Path:
    """`folder`, with the plugin's jar in it. Raises CannotStart where there is no Java compiler."""
    javac = shutil.which("javac")
    if javac is None:
        raise CannotStart("A JDK is needed for the Neo4j server's test plugin: javac is not installed.")
    classes = folder / "classes"
    jars = ":".join(map(str, JARS.glob("*procedure-api*.jar")))
    command = [javac, "-proc:none", "-cp", jars, "-d", str(classes), str(SOURCE)]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)
    if compiled.returncode:
        raise CannotStart(f"The test plugin does not compile: {compiled.stderr}")
    with zipfile.ZipFile(folder / "outside.jar", "w") as jar:
        for file in sorted(classes.iterdir()):
            jar.write(file, file.name)
    shutil.rmtree(classes)
    return folder
