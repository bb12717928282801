#!/usr/bin/env python3
"""grow_archive.py FROM.zip TO.zip TIMES: an archive with the contents' events of FROM TIMES over, each copy under ids of its own.

Everything else (app, schemas, rules, folders, settings) stays once. Contents refer to each other within their copy. Event files are
written as Squidex writes them: folders of 1,000, deflated.
"""
import re
import sys
import uuid
import zipfile

CONTENT = re.compile(rb'"s":"content-[0-9a-f-]{36}--([0-9a-f-]{36})')
UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EVENT_ID = re.compile(rb'"EventId":"[0-9a-f-]{36}"')


def main(source, target, times):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            if not name.startswith("events/"):
                new.writestr(name, old.read(name))
        events = [old.read(name) for name in old.namelist() if name.startswith("events/")]
        ids = sorted({match.group(1) for event in events if (match := CONTENT.search(event))})
        count = 0
        for copy in range(times):
            own = {old_id: str(uuid.uuid5(uuid.NAMESPACE_OID, f"{copy} {old_id.decode()}")).encode() for old_id in ids}
            for event in events:
                if copy:
                    if not CONTENT.search(event):
                        continue
                    event = UUID.sub(lambda match: own.get(match.group(), match.group()), event)
                    event = EVENT_ID.sub(lambda _: b'"EventId":"%s"' % str(uuid.uuid4()).encode(), event)
                new.writestr(f"events/{count // 1000}/{count}.json", event)
                count += 1
    print(f"{target}: {count} events")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
