import unittest

from datastored._frames import FrameAssembly, UnknownFrame
from datastored.v1 import datastore_pb2
from datastored.v1.datastore_service_pb2 import WatchBookmark, WatchChange, WatchGenerationResponse, WatchSnapshot


def revision(generation: int) -> datastore_pb2.Revision:
    return datastore_pb2.Revision(incarnation="00112233445566aa", generation=generation)


def snapshot(*names: str) -> WatchSnapshot:
    return WatchSnapshot(reason=1, datastores=[datastore_pb2.Datastore(name=name) for name in names])


class FrameAssemblyTest(unittest.TestCase):
    def setUp(self) -> None:
        self.assembly = FrameAssembly()

    def test_add_whole_is_answered(self) -> None:
        message = WatchGenerationResponse(revision=revision(7), change=WatchChange(removed=["old"], generations=1))
        self.assertEqual(self.assembly.add(message), message)

    def test_add_parts_are_one_frame_with_the_last(self) -> None:
        self.assertIsNone(self.assembly.add(WatchGenerationResponse(snapshot=snapshot("a", "b"))))
        self.assertIsNone(self.assembly.add(WatchGenerationResponse(snapshot=snapshot("c"))))
        whole = self.assembly.add(WatchGenerationResponse(revision=revision(3), snapshot=snapshot("d")))
        assert whole is not None
        self.assertEqual([one.name for one in whole.snapshot.datastores], ["a", "b", "c", "d"])
        self.assertEqual(whole.revision.generation, 3)

    def test_add_after_a_whole_frame_begins_anew(self) -> None:
        self.assembly.add(WatchGenerationResponse(revision=revision(3), snapshot=snapshot("a")))
        whole = self.assembly.add(WatchGenerationResponse(revision=revision(4), bookmark=WatchBookmark()))
        assert whole is not None
        self.assertTrue(whole.HasField("bookmark"))

    def test_add_frame_of_a_later_version_is_unknown(self) -> None:
        with self.assertRaises(UnknownFrame):
            self.assembly.add(WatchGenerationResponse(revision=revision(9)))

    def test_add_part_of_another_kind_is_unknown(self) -> None:
        self.assembly.add(WatchGenerationResponse(snapshot=snapshot("a")))
        with self.assertRaises(UnknownFrame):
            self.assembly.add(WatchGenerationResponse(revision=revision(9), change=WatchChange()))


if __name__ == "__main__":
    unittest.main()
