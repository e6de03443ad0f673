// Payloads as the sites send them, for the tests of the SDK.
#pragma once

#include <string>

namespace foley::tests {

// An artist sets the location of a task: ftrack.md, section 3.
inline const std::string kFtrackUpdate = R"({
  "id": "4b0c2b6d8a7e4d5f9a1b2c3d4e5f6071", "topic": "ftrack.update", "sent": null, "target": "", "inReplyToEvent": null,
  "source": {"id": "tok-1", "clientToken": "tok-1", "applicationId": "ftrack.client.web",
             "user": {"username": "ann@example.com", "id": "u-1"}},
  "data": {"clientToken": "tok-2", "pushToken": "push-1", "user": {"userid": "u-1", "name": "Ann+Lee"},
    "parents": ["p-1", "sq-1", "sh-1", "t-1"],
    "entities": [
      {"entity_type": "Task", "entityType": "task", "entityId": "t-1", "parentId": "sh-1",
       "objectTypeId": "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c", "action": "update", "keys": ["hs_location", "priorityid"],
       "changes": {"hs_location": {"old": "yul", "new": "yul, lax"}, "statusid": {"old": "s-1", "new": "s-2"}},
       "parents": [{"entityId": "t-1", "entityType": "task", "entity_type": "Task", "parentId": "sh-1"},
                   {"entityId": "sh-1", "entityType": "task", "entity_type": "Shot", "parentId": "sq-1"},
                   {"entityId": "p-1", "entityType": "show", "entity_type": "Project", "parentId": null}]},
      {"entity_type": "AssetVersion", "entityType": "assetversion", "entityId": "wrong", "action": "update",
       "keys": ["hs_location"], "changes": {"hs_location": {"old": "", "new": "lax"}},
       "parents": [{"entityId": "v-1", "entityType": "assetversion", "entity_type": "AssetVersion", "parentId": "a-1"},
                   {"entityId": "p-2", "entityType": "show", "entity_type": "Project", "parentId": null}]}]}})";

inline const std::string kFtrackRemove = R"({"id": "e-2", "topic": "ftrack.update", "data": {"entities": [
    {"entityType": "task", "entityId": "t-9", "action": "remove", "keys": null, "changes": null}]}})";

inline const std::string kFtrackAction = R"({"id": "e-3", "topic": "ftrack.action.launch",
    "source": {"user": {"username": "ann"}},
    "data": {"actionIdentifier": "relabel", "selection": [{"entityId": "t-1", "entityType": "task"},
                                                           {"entityId": "v-1", "entityType": "assetversion"}]}})";

inline const std::string kShotgridChange = R"({ "type": "EventLogEntry", "id": 4044184,
  "event_type": "Shotgun_Task_Change", "attribute_name": "sg_status_list", "created_at": "2026-03-31T15:26:16Z",
  "session_uuid": "7c1d4d6a-1f1e-11ee-b3a1-0242ac110004", "user": {"type":"HumanUser","id":24,"name":"Jane Doe"},
  "project": {"type":"Project","id":70,"name":"Demo"}, "entity": {"type":"Task","id":5560,"name":"Anim"},
  "meta": {"type":"attribute_change","attribute_name":"sg_status_list","entity_type":"Task","entity_id":5560,
           "field_data_type":"status_list","old_value":"wtg","new_value":"ip","platform_id":null} })";

inline const std::string kShotgridRetirement = R"({ "type":"EventLogEntry","id":4044310,
  "event_type":"Shotgun_Task_Retirement","attribute_name":null,"created_at":"2026-03-31T16:00:09Z","session_uuid":null,
  "user":{"type":"HumanUser","id":24,"name":"Jane Doe"},"project":{"type":"Project","id":70,"name":"Demo"},"entity":null,
  "meta":{"type":"entity_retirement","class_name":"Task","display_name":"Anim","entity_type":"Task","entity_id":5560,
          "id":5560,"retirement_date":"2026-03-31 16:00:09 UTC","sudo_actual_user":{"type":"ApiUser","id":12,"name":"bot 1.0"}} })";

inline const std::string kShotgridBackReference = R"({ "id":4044331,"event_type":"Shotgun_Shot_Change",
  "attribute_name":"tasks","entity":{"type":"Shot","id":860,"name":"sh010"},
  "meta":{"type":"attribute_change","attribute_name":"tasks","entity_type":"Task","entity_id":5560,
          "field_data_type":"entity","actual_attribute_changed":"Task.entity","original_event_log_entry_id":4044329,
          "added":[{"id":5560,"name":"Anim","type":"Task","valid":"valid"}],"removed":[]} })";

inline const std::string kShotgridMaintenance = R"({ "id":4044500,"event_type":"Shotgun_Project_Change",
  "attribute_name":"sg_status","project":null,"user":null,"entity":{"type":"Project","id":70,"name":"Demo"},"meta":null })";

inline const std::string kAyonChange = R"({"id":"7c1de0aa4f3b11ef9a010242ac120002","topic":"entity.task.attrib_changed",
  "sender":"server-1","project":"demo","user":"ann","summary":{"entityId":"t-1","parentId":"f-1"},
  "payload":{"oldValue":{"fps":24,"gone":"x"},"newValue":{"fps":25}},"createdAt":"2026-03-01T10:15:30.123456+02:00"})";

inline const std::string kPlain = R"({"id": 7, "type": "render.done", "project": {"id": 70, "name": "Demo"},
  "user": {"id": "u", "name": "ann"}, "created_at": "2026-03-31T15:26:16Z", "session": "s",
  "entity": {"type": "Shot", "id": "860", "name": "sh010"}, "action": "update",
  "changes": [{"attribute": "status", "old": "wtg", "new": "ip"}, {"attribute": "frames", "old": null, "new": [1, 2]},
              {"entity": {"type": "Task", "id": 3}, "action": "remove"}]})";

}  // namespace foley::tests
